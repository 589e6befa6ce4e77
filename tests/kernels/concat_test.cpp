// SPDX-License-Identifier: Apache-2.0
#include "kernels/concat.h"

#include <cstring>

#include "tests/cases/concat_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

struct Result {
  Guarded y;
  std::vector<Guarded> parts;  // Where the gradient, here y itself, comes back to.
};

Result run(const ConcatCase& c, const std::shared_ptr<kernels::Queue>& queue, DType dtype,
           const std::vector<Tensor>& inputs) {
  Result result{{queue, kernels::concat_shape(c.parts, c.axis), dtype}, {}};
  std::vector<ConstView> views(inputs.begin(), inputs.end());
  kernels::concat_forward(*queue, c.axis, views, result.y.view());
  std::vector<View> sections;
  for (const Shape& part : c.parts) sections.push_back(result.parts.emplace_back(queue, part, dtype).view());
  kernels::concat_grad(*queue, c.axis, result.y.view(), sections);
  return result;
}

void agree(CaseSize size) {
  for (const ConcatCase& c : concat_cases) {
    if (c.size != size) continue;
    for (const Where& where : everywhere()) {
      const std::string label = c.name + ", " + where.name();
      std::vector<Tensor> here, there;
      for (const Shape& part : c.parts) {
        const Twin twin = random_twin(where, part, 1 + here.size());
        here.push_back(twin.here);
        there.push_back(twin.reference);
      }
      const Result got = run(c, where.queue, where.dtype, here), want = run(c, reference_queue(), DType::f64, there);
      expect_close(got.y, want.y, 0, label + ", forward");
      for (std::size_t i = 0; i < c.parts.size(); ++i) {
        expect_close(got.parts[i], want.parts[i], 0, label + ", grad of part " + std::to_string(i));
        Guarded input(where.queue, c.parts[i], where.dtype);
        std::memcpy(input.view().data, here[i].view().data,
                    static_cast<std::size_t>(c.parts[i].elements()) * kernels::size_of(where.dtype));
        expect_identical(got.parts[i], input, label + ", there and back");
      }
    }
  }
}

}  // namespace

TEST_CASE("concat and its gradient agree with the reference", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large concat and its gradient agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("concat gives the same on every thread count", "[sanitize]") {
  for (const ConcatCase& c : concat_cases) {
    if (c.size != CaseSize::small) continue;
    const auto once = [&](int threads) {
      const Where where{queue_of(DeviceKind::cpu, threads), DType::f32};
      std::vector<Tensor> inputs;
      for (const Shape& part : c.parts) inputs.push_back(random_twin(where, part, 1 + inputs.size()).here);
      return run(c, where.queue, where.dtype, inputs);
    };
    expect_identical(once(2).y, once(1).y, c.name);
  }
}

TEST_CASE("concat joins integers, and skips a section that nobody wants", "[sanitize]") {
  for (const auto& queue : {queue_of(DeviceKind::cpu), reference_queue()}) {
    const std::vector<std::int64_t> left{1, 2, 3, 4}, right{5, 6};
    const Tensor a = engine::from_host(std::span<const std::int64_t>(left), {2, 2}, DType::u8, queue),
                 b = engine::from_host(std::span<const std::int64_t>(right), {2, 1}, DType::u8, queue);
    Guarded y(queue, {2, 3}, DType::u8);
    kernels::concat_forward(*queue, 1, std::vector<ConstView>{a, b}, y.view());
    CHECK(y.values() == std::vector<double>{1, 2, 5, 3, 4, 6});

    const DType dtype = queue == reference_queue() ? DType::f64 : DType::f32;
    const Tensor dy = random_tensor(queue, {2, 3}, dtype, 1);
    Guarded section(queue, {2, 1}, dtype);
    kernels::concat_grad(*queue, 1, dy, std::vector<View>{View{nullptr, dtype, {2, 2}}, section.view()});
    const std::vector<double> gradient = engine::download(dy);
    CHECK(section.values() == std::vector<double>{gradient[2], gradient[5]});
  }
}
