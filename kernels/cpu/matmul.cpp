// SPDX-License-Identifier: Apache-2.0
// Matrix products by oneDNN. A transposed operand is the same memory with its strides exchanged.
#include "kernels/matmul.h"

#include "kernels/cpu/onednn.h"

#ifdef ISOTHERM_HAVE_ONEDNN

namespace kernels::cpu {

namespace {

using dnnl::memory;

struct Operands {
  memory::desc a, b, bias, y;
};

memory::desc matrix_desc(const MatmulProblem& p, const memory::dims& extents, const memory::dims& strides,
                         DType dtype) {
  return {{p.batch, extents[0], extents[1]},
          data_type(dtype),
          memory::dims{extents[0] * extents[1], strides[0], strides[1]}};
}

Primitive build(const OneDnn& onednn, const Operands& o) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::matmul::primitive_desc description(onednn.engine(), o.a, o.b, o.bias, o.y, attributes);
#else
  const dnnl::matmul::primitive_desc description(dnnl::matmul::desc(o.a, o.b, o.bias, o.y), attributes,
                                                 onednn.engine());
#endif
  return {dnnl::matmul(description), description.src_desc(), description.weights_desc(), description.dst_desc(),
          description.scratchpad_desc()};
}

}  // namespace

void matmul(Queue& queue, const MatmulOptions& options, ConstView a, ConstView b, ConstView bias, View y) {
  OneDnn& onednn = OneDnn::of(queue);
  const MatmulProblem p = matmul_problem(a.shape, b.shape, options);
  const bool rounded = a.dtype == DType::bf16 || b.dtype == DType::bf16;
  const DType factors = rounded ? DType::bf16 : DType::f32;
  const auto a_desc = [&](DType dtype) {
    return matrix_desc(p, {p.m, p.k}, {p.a_row, p.a_column}, dtype);
  };
  const auto b_desc = [&](DType dtype) {
    return matrix_desc(p, {p.k, p.n}, {p.b_row, p.b_column}, dtype);
  };
  const memory::desc bias_desc =
      bias ? memory::desc({1, 1, p.n}, memory::data_type::f32, memory::format_tag::abc) : memory::desc();
  const Operands operands{a_desc(factors), b_desc(factors), bias_desc, matrix_desc(p, {p.m, p.n}, {p.n, 1}, y.dtype)};
  enum { matmul_primitive = 100 };  // Apart from the keys of convolutions.
  const ProblemKey key{matmul_primitive, p.batch, p.m,        p.n,     p.k,        p.a_row,
                       p.a_column,       p.b_row, p.b_column, rounded, bool(bias), static_cast<std::int64_t>(y.dtype)};
  const Primitive& primitive = onednn.primitive(key, [&] { return build(onednn, operands); });
  // At most one of the two is converted, so one temporary copy suffices.
  std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, onednn.packed(queue, a, a_desc(a.dtype), operands.a)},
                                            {DNNL_ARG_WEIGHTS, onednn.packed(queue, b, b_desc(b.dtype), operands.b)},
                                            {DNNL_ARG_DST, onednn.wrap(operands.y, y.data)}};
  if (bias) arguments[DNNL_ARG_BIAS] = onednn.wrap(bias_desc, bias.data);
  onednn.run(queue, "matmul", primitive, std::move(arguments));
}

}  // namespace kernels::cpu

#else

#include <vector>

#include "kernels/cpu/lanes.h"

namespace kernels::cpu {

namespace {

// `count` numbers, `stride` apart, as f32; rounded to bf16 where the other factor is bf16.
template <class T>
void gather(const T* from, std::int64_t stride, std::int64_t count, bool rounded, float* to) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float value = load(from, i * stride);
    to[i] = rounded ? static_cast<float>(bf16(value)) : value;
  }
}

template <class A, class B, class Y>
void product(Queue& queue, const MatmulProblem& p, ConstView a, ConstView b, ConstView bias, View y) {
  const A* left = a.as<A>();
  const B* right = b.as<B>();
  const auto* shift = bias.as<float>();
  const bool rounded = a.dtype == DType::bf16 || b.dtype == DType::bf16;
  // B in f32, rows contiguous, so that the innermost loop is a vector loop whichever operand is transposed.
  std::vector<float> plain(static_cast<std::size_t>(p.batch * p.k * p.n));
  parallel_for(queue, p.batch * p.k, 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row)
      gather(right + row / p.k * p.k * p.n + row % p.k * p.b_row, p.b_column, p.n, rounded,
             &plain[static_cast<std::size_t>(row * p.n)]);
  });
  parallel_for(queue, p.batch * p.m, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> factors(static_cast<std::size_t>(p.k)), sums(static_cast<std::size_t>(p.n));
    float* sum = sums.data();
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t batch = row / p.m;
      gather(left + batch * p.m * p.k + row % p.m * p.a_row, p.a_column, p.k, rounded, factors.data());
      for (std::int64_t n = 0; n < p.n; ++n) sum[n] = shift ? shift[n] : 0.0f;
      for (std::int64_t k = 0; k < p.k; ++k) {
        const float factor = factors[static_cast<std::size_t>(k)];
        const float* line = &plain[static_cast<std::size_t>((batch * p.k + k) * p.n)];
        for (std::int64_t n = 0; n < p.n; ++n) sum[n] += factor * line[n];
      }
      for (std::int64_t n = 0; n < p.n; ++n) store(y.as<Y>(), row * p.n + n, sum[n]);
    }
  });
}

}  // namespace

void matmul(Queue& queue, const MatmulOptions& options, ConstView a, ConstView b, ConstView bias, View y) {
  const MatmulProblem p = matmul_problem(a.shape, b.shape, options);
  visit_dtype<float, bf16>(a.dtype, "matmul", [&]<class A>() {
    visit_dtype<float, bf16>(b.dtype, "matmul", [&]<class B>() {
      visit_dtype<float, bf16>(y.dtype, "matmul", [&]<class Y>() { product<A, B, Y>(queue, p, a, b, bias, y); });
    });
  });
}

}  // namespace kernels::cpu

#endif
