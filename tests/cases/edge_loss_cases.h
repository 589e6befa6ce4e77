// SPDX-License-Identifier: Apache-2.0
// The edge maps that matter for the edge loss: shared by correctness, gradient and speed.
#pragma once

#include <string>
#include <vector>

#include "kernels/edge_loss.h"
#include "tests/cases/case_size.h"

namespace test {

struct EdgeLossCase {
  std::string name;
  kernels::Shape edges;  // [n, h, w]
  kernels::EdgeLossForm form;
  double edge_share = 0.2;  // Of the labels, by chance.
  CaseSize size = CaseSize::small;

  kernels::Shape prediction() const { return {edges[0], 1, edges[1], edges[2]}; }
};

inline const std::vector<EdgeLossCase> edge_loss_cases = {
    {"one pixel", {1, 1, 1}, kernels::EdgeLossForm::code, 1},
    {"no edge, code", {2, 3, 5}, kernels::EdgeLossForm::code, 0},
    {"edges alone, paper", {1, 7, 5}, kernels::EdgeLossForm::paper, 1},
    {"three images, paper", {3, 19, 23}, kernels::EdgeLossForm::paper},
    {"three images, code", {3, 19, 23}, kernels::EdgeLossForm::code},
    {"several stretches, code", {2, 61, 83}, kernels::EdgeLossForm::code, 0.05},
    {"several chunks, paper", {1, 150, 131}, kernels::EdgeLossForm::paper},
    {"cekd, 240x320, two images", {2, 60, 80}, kernels::EdgeLossForm::code, 0.05, CaseSize::large},
};

}  // namespace test
