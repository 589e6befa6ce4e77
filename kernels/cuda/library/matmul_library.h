// SPDX-License-Identifier: Apache-2.0
// A library of matrix products as the autotuner sees it. kernels/cuda/library/cublaslt implements it; a build without
// cuBLASLt has none.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kernels/matmul.h"

namespace kernels::cuda::library {

// Row-major, a and b of one type; y of theirs, or f32. bias is in the type of y.
struct ProductProblem {
  MatmulProblem size;
  MatmulOptions options;
  DType factors = DType::f32, y = DType::f32;
  Products products = Products::f32;
  bool bias = false;
};

std::string to_string(const ProductProblem& problem);

// Device memory, aligned to 16 bytes.
struct ProductPointers {
  const void *a, *b, *bias;
  void* y;
};

class ProductPlan {
 public:
  ProductPlan() = default;
  ProductPlan(const ProductPlan&) = delete;
  ProductPlan& operator=(const ProductPlan&) = delete;
  virtual ~ProductPlan() = default;

  virtual std::string name() const = 0;  // The same in every process with the same version.
  virtual void run(Queue& queue, const ProductPointers& pointers) const = 0;
};

class ProductLibrary {
 public:
  ProductLibrary() = default;
  ProductLibrary(const ProductLibrary&) = delete;
  ProductLibrary& operator=(const ProductLibrary&) = delete;
  virtual ~ProductLibrary() = default;

  // At most `most`, the most promising first; none where the library does not do this problem.
  virtual std::vector<std::shared_ptr<const ProductPlan>> plans(const ProductProblem& problem, int most) = 0;
};

// The library of this build on the queue's device; null in a build without one.
std::unique_ptr<ProductLibrary> open_products(Queue& queue);

}  // namespace kernels::cuda::library
