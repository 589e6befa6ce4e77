// SPDX-License-Identifier: Apache-2.0
// Batches of images of all kinds and what augmentation does to them: shared by correctness and speed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernels/augment.h"
#include "kernels/resampling.h"
#include "tests/cases/case_size.h"

namespace test {

using kernels::LabelResampling;
using kernels::PairResampling;
using kernels::ThermalScale;

enum class StoredLabel { present, absent };

// An image as stored, and which part of it, mirrored or not, is taken. crop {0, 0}: all of it.
struct AugmentImageCase {
  kernels::Size2 stored;
  bool mirrored = false;
  int top = 0, left = 0;
  kernels::Size2 crop = {0, 0};
  int bits = 8;
  StoredLabel label = StoredLabel::present;
};

struct AugmentCase {
  std::string name;
  std::vector<AugmentImageCase> images;
  kernels::Size2 size;             // Of the resized images.
  kernels::Size2 result = {0, 0};  // With padding; {0, 0}: the same.
  PairResampling pair = PairResampling::nearest;
  std::optional<kernels::ResamplingKernel> kernel = {};  // Of the tables of the pair.
  LabelResampling label = LabelResampling::nearest;
  ThermalScale scale = ThermalScale::full_range;
  double low = 0, high = 0;
  CaseSize size_class = CaseSize::small;
};

inline const std::vector<AugmentImageCase> three_mixed_images = {
    {{11, 17}, true, 1, 2, {9, 15}, 16},
    {{13, 9}, false, 0, 0, {12, 9}, 8, StoredLabel::absent},
    {{7, 21}, true, 2, 3, {5, 18}, 8},
};
inline const AugmentImageCase mfnet_crop = {{480, 640}, true, 24, 32, {440, 580}};

inline const std::vector<AugmentCase> augment_cases = {
    {"one pixel", {{{1, 1}}}, {1, 1}},
    {"one pixel of many", {{{5, 7}, true, 4, 6, {1, 1}}}, {3, 2}},
    {"as it is, in vectors", {{{6, 8}}, {{6, 8}, true}}, {6, 8}},
    {"as it is, odd", {{{5, 7}, true}, {{5, 7}}}, {5, 7}},
    {"nearest, mixed", three_mixed_images, {10, 14}},
    {"nearest, in vectors, padded", three_mixed_images, {10, 14}, {16, 16}},
    {"crops at every edge",
     {{{9, 11}, false, 0, 0, {8, 10}},
      {{9, 11}, false, 1, 1, {8, 10}},
      {{9, 11}, true, 0, 1, {8, 10}},
      {{9, 11}, true, 1, 0, {8, 10}}},
     {12, 16}},
    {"bilinear, larger",
     three_mixed_images,
     {23, 31},
     {},
     PairResampling::separate,
     kernels::ResamplingKernel::triangle},
    {"bicubic, smaller, padded",
     three_mixed_images,
     {5, 6},
     {8, 16},
     PairResampling::separate,
     kernels::ResamplingKernel::cubic},
    {"bicubic, one side kept",
     {{{9, 12}, true, 0, 1, {9, 10}}, {{8, 12}}},
     {9, 12},
     {},
     PairResampling::separate,
     kernels::ResamplingKernel::cubic,
     LabelResampling::interpolated},
    {"premultiplied",
     {{{9, 12}, true, 0, 1, {8, 11}}, {{14, 10}}, {{7, 13}}},
     {7, 13},
     {},
     PairResampling::premultiplied,
     kernels::ResamplingKernel::cubic},
    {"labels interpolated",
     three_mixed_images,
     {13, 19},
     {},
     PairResampling::nearest,
     {},
     LabelResampling::interpolated},
    {"window",
     three_mixed_images,
     {10, 14},
     {},
     PairResampling::nearest,
     {},
     LabelResampling::nearest,
     ThermalScale::window,
     30,
     220},
    {"least to most",
     three_mixed_images,
     {10, 14},
     {12, 16},
     PairResampling::separate,
     kernels::ResamplingKernel::cubic,
     LabelResampling::nearest,
     ThermalScale::min_max},
    {"percentiles",
     three_mixed_images,
     {10, 14},
     {},
     PairResampling::nearest,
     {},
     LabelResampling::nearest,
     ThermalScale::percentile,
     2.5,
     97},
    {"all percentiles",
     three_mixed_images,
     {5, 6},
     {},
     PairResampling::nearest,
     {},
     LabelResampling::nearest,
     ThermalScale::percentile,
     0,
     100},
    {"standardised",
     three_mixed_images,
     {10, 14},
     {},
     PairResampling::separate,
     kernels::ResamplingKernel::triangle,
     LabelResampling::nearest,
     ThermalScale::standardise},
    {"a constant image, standardised",
     {{{1, 1}}},
     {2, 4},
     {},
     PairResampling::nearest,
     {},
     LabelResampling::nearest,
     ThermalScale::standardise},
    {"several blocks",
     {{{41, 67}, true, 2, 3, {37, 60}, 16}, {{50, 61}}},
     {45, 64},
     {},
     PairResampling::nearest,
     {},
     LabelResampling::nearest,
     ThermalScale::percentile,
     1,
     99},
    {"mfnet, standardised",
     {mfnet_crop},
     {480, 640},
     {},
     PairResampling::separate,
     kernels::ResamplingKernel::cubic,
     LabelResampling::nearest,
     ThermalScale::standardise,
     0,
     0,
     CaseSize::large},
};

}  // namespace test
