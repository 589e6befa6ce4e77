// SPDX-License-Identifier: Apache-2.0
// One pass over both maps of logits in each direction.
#include "kernels/cuda/lines.cuh"
#include "kernels/cuda/term_sum.cuh"
#include "kernels/distillation_cross_entropy.h"

namespace kernels::cuda {

namespace {

// Softmax of the logits of a pixel over T.
struct Softened {
  float largest, inverse_temperature;
  template <class T>
  __device__ float weight(const T* numbers, std::int64_t at) const {
    return expf((load(numbers, at) - largest) * inverse_temperature);
  }
};

template <class Line, class T>
__device__ __forceinline__ float sum_of_weights(const Line& line, const T* numbers, const Softened& softened) {
  float sum = 0;
  line.each([&](int, std::int64_t at) { sum += softened.weight(numbers, at); });
  return line.sum(sum);
}

template <LinesBy by, class T>
__global__ void __launch_bounds__(line_threads)
    add_soft_losses(LineShape shape, const T* student, const T* teacher, float inverse_temperature, bool aligned,
                    double* partial) {
  double loss = 0;
  T* no_result = nullptr;
  constexpr int lines = lines_of_block(by);
  for (std::int64_t block = blockIdx.x; block * lines < shape.lines; block += gridDim.x)
    for_lines<by>(shape, block, student, teacher, no_result, aligned,
                  [&](const auto& line, std::int64_t, const T* s, const T* t, T*) {
                    const Softened of_student{largest_of(line, s), inverse_temperature};
                    const Softened of_teacher{largest_of(line, t), inverse_temperature};
                    const float student_sum = sum_of_weights(line, s, of_student);
                    const float teacher_sum = sum_of_weights(line, t, of_teacher);
                    float product = 0;
                    line.each([&](int, std::int64_t at) {
                      product += of_teacher.weight(t, at) * (of_student.largest - load(s, at)) * inverse_temperature;
                    });
                    product = line.sum(product);
                    if (line.leads()) loss += static_cast<double>(logf(student_sum) + product / teacher_sum);
                  });
  loss = block_sum<line_threads>(loss);
  if (threadIdx.x == 0) partial[blockIdx.x] = loss;
}

template <LinesBy by, class T>
__global__ void __launch_bounds__(line_threads)
    soft_gradient(LineShape shape, const T* student, const T* teacher, float inverse_temperature, const float* dloss,
                  bool aligned, T* dstudent) {
  const float factor = dloss[0] * inverse_temperature / static_cast<float>(shape.lines);
  for_lines<by>(shape, blockIdx.x, student, teacher, dstudent, aligned,
                [&](const auto& line, std::int64_t, const T* s, const T* t, T* results) {
                  const Softened of_student{largest_of(line, s), inverse_temperature};
                  const Softened of_teacher{largest_of(line, t), inverse_temperature};
                  const float student_factor = factor / sum_of_weights(line, s, of_student);
                  const float teacher_factor = factor / sum_of_weights(line, t, of_teacher);
                  line.each([&](int, std::int64_t at) {
                    store(results, at,
                          of_student.weight(s, at) * student_factor - of_teacher.weight(t, at) * teacher_factor);
                  });
                });
}

// Calls body.operator()<by, T>().
template <class Body>
void visit(ConstView student, const LineShape& shape, Body&& body) {
  visit_dtype<float, bf16>(student.dtype, "distillation_cross_entropy", [&]<class T>() {
    if (lines_by(shape) == LinesBy::tile)
      body.template operator()<LinesBy::tile, T>();
    else
      body.template operator()<LinesBy::warp, T>();
  });
}

}  // namespace

void distillation_cross_entropy_forward(Queue& queue, const DistillationCrossEntropyOptions& options, ConstView student,
                                        ConstView teacher, View loss) {
  const LineShape shape = line_shape(student.shape, 1);
  visit(student, shape, [&]<LinesBy by, class T>() {
    const auto *s = student.as<T>(), *t = teacher.as<T>();
    const Grid grid = line_grid<T>("distillation_cross_entropy_forward", shape, by, 2, most_term_blocks);
    const Workspace partial(queue, grid.blocks.x * sizeof(double));
    launch(queue, grid, add_soft_losses<by, T>, shape, s, t, static_cast<float>(1 / options.temperature),
           all_aligned(s, t), partial.as<double>());
    launch_join_terms(queue, "distillation_cross_entropy_forward, join", partial.as<double>(),
                      static_cast<int>(grid.blocks.x), 1 / static_cast<double>(shape.lines), loss.as<float>());
  });
}

void distillation_cross_entropy_grad(Queue& queue, const DistillationCrossEntropyOptions& options, ConstView student,
                                     ConstView teacher, ConstView dloss, View dstudent) {
  const LineShape shape = line_shape(student.shape, 1);
  visit(student, shape, [&]<LinesBy by, class T>() {
    const auto *s = student.as<T>(), *t = teacher.as<T>();
    launch(queue, line_grid<T>("distillation_cross_entropy_grad", shape, by, 2), soft_gradient<by, T>, shape, s, t,
           static_cast<float>(1 / options.temperature), dloss.as<float>(), all_aligned(s, t, dstudent.as<T>()),
           dstudent.as<T>());
  });
}

}  // namespace kernels::cuda
