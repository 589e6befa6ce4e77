// SPDX-License-Identifier: Apache-2.0
#include "kernels/concat.h"

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
        input.start_from(here[i]);
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

TEST_CASE("concat gives the same, whatever the threads", "[sanitize]") {
  for (const ConcatCase& c : concat_cases) {
    if (c.size != CaseSize::small) continue;
    for (const Where& where : everywhere()) {
      const auto once = [&](const Where& place) {
        std::vector<Tensor> inputs;
        for (const Shape& part : c.parts) inputs.push_back(random_twin(place, part, 1 + inputs.size()).here);
        return run(c, place.queue, place.dtype, inputs);
      };
      expect_identical(once(where).y, once(where.otherwise()).y, c.name + ", " + where.name());
    }
  }
}

TEST_CASE("concat joins integers, and skips a section that nobody wants", "[sanitize]") {
  std::vector<Where> places = everywhere({DType::f32});
  places.push_back({reference_queue(), DType::f64});
  for (const Where& where : places) {
    const auto& queue = where.queue;
    const std::vector<std::int64_t> left{1, 2, 3, 4}, right{5, 6};
    const Tensor a = engine::from_host(std::span<const std::int64_t>(left), {2, 2}, DType::u8, queue),
                 b = engine::from_host(std::span<const std::int64_t>(right), {2, 1}, DType::u8, queue);
    Guarded y(queue, {2, 3}, DType::u8);
    kernels::concat_forward(*queue, 1, std::vector<ConstView>{a, b}, y.view());
    CHECK(y.values() == std::vector<double>{1, 2, 5, 3, 4, 6});

    const Tensor dy = random_tensor(queue, {2, 3}, where.dtype, 1);
    Guarded section(queue, {2, 1}, where.dtype);
    kernels::concat_grad(*queue, 1, dy, std::vector<View>{View{nullptr, where.dtype, {2, 2}}, section.view()});
    const std::vector<double> gradient = engine::download(dy);
    CHECK(section.values() == std::vector<double>{gradient[2], gradient[5]});
  }
}
