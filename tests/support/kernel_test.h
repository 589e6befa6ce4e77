// SPDX-License-Identifier: Apache-2.0
// What kernel tests share: devices, data that both sides can represent, hostile output buffers, and comparison.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/tensor.h"

namespace test {

using engine::Tensor;
using kernels::ConstView;
using kernels::DeviceKind;
using kernels::DType;
using kernels::Shape;
using kernels::View;

// One queue per device, thread count and kind of products, shared by the test cases of a program. Where device cuda is
// emulated, `threads` picks the order in which the threads of a block run: 1 forward, 2 reverse, 3 shuffled, 4
// run_ahead, with asynchronous copies that land late (odd) or at once (even).
std::shared_ptr<kernels::Queue> queue_of(DeviceKind kind, int threads = 2,
                                         kernels::Products products = kernels::Products::f32);
inline std::shared_ptr<kernels::Queue> reference_queue() {
  return queue_of(DeviceKind::reference);
}

// A device and element type to be held against the reference.
struct Where {
  std::shared_ptr<kernels::Queue> queue;
  DType dtype;
  std::string order = {};    // Of an emulated device's threads.
  std::string name() const;  // "cpu bf16", "cuda:0 f32, reverse", "cuda:0 tf32, shuffled"
  // How far a product of two factors may be off because they are rounded to TF32, relative to it; 0 elsewhere.
  double tf32_rounding() const;
  // The same device and type with one thread (cpu) or another thread order (emulated); as it is on a GPU. Results must
  // be the same bits.
  Where otherwise() const;
};
// Every device of this build besides reference, with each of the types; an emulated device in every thread order.
// Device cuda is left out for the ops in tests/cases/without_cuda.h: the op is that of the test's file,
// tests/kernels/OP_test.cpp.
std::vector<Where> everywhere(std::initializer_list<DType> dtypes = {DType::f32, DType::bf16},
                              const char* test_file = __builtin_FILE());
// The same, and f32 on device cuda with TF32 products besides: for convolutions and matrix products.
std::vector<Where> everywhere_and_tf32(std::initializer_list<DType> dtypes = {DType::f32, DType::bf16},
                                       const char* test_file = __builtin_FILE());

// The same random numbers twice: rounded to `where.dtype` on its device, and those rounded numbers in f64 on reference,
// so that a comparison measures the kernel and not the rounding of its inputs.
struct Twin {
  Tensor here, reference;
};
// Uniform in [low, high); `seed` picks the stream.
Twin random_twin(const Where& where, const Shape& shape, std::uint64_t seed, double low = -1, double high = 1);
// The same as f32 masters on the device (parameters).
Twin random_parameter(const Where& where, const Shape& shape, std::uint64_t seed, double low = -1, double high = 1);
Tensor random_tensor(const std::shared_ptr<kernels::Queue>& queue, const Shape& shape, DType dtype, std::uint64_t seed,
                     double low = -1, double high = 1);

// An output buffer between guard bytes, filled with NaN (integers: a wild value).
class Guarded {
 public:
  Guarded(const std::shared_ptr<kernels::Queue>& queue, const Shape& shape, DType dtype);
  View view() const;
  // The tensor's bytes, where an op changes what is already there. Of the same shape and type.
  void start_from(const Tensor& tensor);
  std::vector<double> values() const;  // In memory order.
  bool guards_intact() const;

 private:
  static constexpr std::size_t guard = 256;
  Shape shape_;
  DType dtype_;
  Tensor bytes_;
};

// Machine epsilon of `dtype` times sqrt(length), the length of the longest sum behind one output, with a factor for the
// unlucky element. Relative to the largest magnitude of the expected tensor.
double tolerance(DType dtype, std::int64_t length);

// Fails the test with label, worst index, both values and the tolerance unless |got - want| <= tolerance * max |want|
// everywhere (NaN never passes).
void expect_close(const std::vector<double>& got, const std::vector<double>& want, double tolerance,
                  const std::string& label);
void expect_close(const Guarded& got, const Guarded& want, double tolerance, const std::string& label);
// The bits are the same.
void expect_identical(const Guarded& a, const Guarded& b, const std::string& label);

}  // namespace test
