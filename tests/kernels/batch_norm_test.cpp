// SPDX-License-Identifier: Apache-2.0
#include "kernels/batch_norm.h"

#include <cmath>
#include <vector>

#include "kernels/cast.h"
#include "tests/cases/batch_norm_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;
using kernels::BatchNormGradients;
using kernels::BatchNormParameters;
using kernels::BatchNormSaved;
using kernels::BatchNormStatistics;

namespace {

enum class Mode { train, frozen };

// What one device is given.
struct Operands {
  Tensor x, residual, weight, bias, running_mean, running_variance, omitted_bias, dy, mean, inverse_deviation, shift;
};

// The operands of one device and their twins on the reference.
struct BothSides {
  Operands here, reference;
};

BothSides operands(const BatchNormCase& c, const Where& where) {
  BothSides sides;
  const Shape channels{c.x.c()};
  const auto put = [&](Tensor Operands::*member, const Twin& twin) {
    sides.here.*member = twin.here;
    sides.reference.*member = twin.reference;
  };
  put(&Operands::x, random_twin(where, c.x, 1, -2, 3));
  if (c.residual == BatchNormCase::Residual::present) put(&Operands::residual, random_twin(where, c.x, 2));
  put(&Operands::weight, random_parameter(where, channels, 3, -1.5, 1.5));
  put(&Operands::bias, random_parameter(where, channels, 4));
  put(&Operands::running_mean, random_parameter(where, channels, 5));
  put(&Operands::running_variance, random_parameter(where, channels, 6, 0.5, 2));
  put(&Operands::omitted_bias, random_parameter(where, channels, 7));
  put(&Operands::dy, random_twin(where, c.x, 8));
  // What the gradients read is given, so that their error is their own.
  put(&Operands::mean, random_parameter(where, channels, 9));
  put(&Operands::inverse_deviation, random_parameter(where, channels, 10, 0.5, 1.5));
  put(&Operands::shift, random_parameter(where, channels, 12));
  return sides;
}

struct Results {
  Guarded y, mean, inverse_deviation, shift, running_mean, running_variance, dx, dresidual, dweight, dbias;
};

// Copies a tensor's memory, from and to any device.
void copy(kernels::Queue& queue, kernels::ConstView from, View to) {
  std::vector<unsigned char> bytes(static_cast<std::size_t>(to.elements()) * kernels::size_of(to.dtype));
  queue.download(bytes.data(), from.data, bytes.size());
  queue.upload(to.data, bytes.data(), bytes.size());
}

Results run(const BatchNormCase& c, const Operands& o, const Tensor& y_of_gradient, Mode mode) {
  const auto& queue = o.x.shared_queue();
  const DType type = o.x.dtype(), master = o.weight.dtype();
  const Shape channels{c.x.c()};
  Results r{{queue, c.x, type},        {queue, channels, master}, {queue, channels, master}, {queue, channels, master},
            {queue, channels, master}, {queue, channels, master}, {queue, c.x, type},        {queue, c.x, type},
            {queue, channels, master}, {queue, channels, master}};
  copy(*queue, o.running_mean, r.running_mean.view());
  copy(*queue, o.running_variance, r.running_variance.view());
  const BatchNormParameters parameters{o.weight, o.bias};
  const BatchNormSaved saved{o.x, y_of_gradient, o.mean, o.inverse_deviation, o.shift};
  const BatchNormGradients gradients{r.dx.view(), o.residual ? r.dresidual.view() : View{}, r.dweight.view(),
                                     r.dbias.view()};
  if (mode == Mode::train) {
    kernels::batch_norm_train_forward(
        *queue, c.options, o.x, parameters, o.residual,
        BatchNormStatistics{r.running_mean.view(), r.running_variance.view(), o.omitted_bias, r.mean.view(),
                            r.inverse_deviation.view(), r.shift.view()},
        r.y.view());
    kernels::batch_norm_train_grad(*queue, c.options, o.dy, saved, parameters, gradients);
  } else {
    kernels::batch_norm_frozen_forward(*queue, c.options, o.x, parameters, o.running_mean, o.running_variance,
                                       o.residual, r.inverse_deviation.view(), r.y.view());
    kernels::batch_norm_frozen_grad(*queue, c.options, o.dy, saved, parameters, gradients);
  }
  return r;
}

// A result for the gradients to read: its signs matter, and both sides must agree on them.
Twin result_of(const BatchNormCase& c, const Where& where) {
  return random_twin(where, c.x, 11);
}

void agree(CaseSize size) {
  for (const BatchNormCase& c : batch_norm_cases) {
    if (c.size != size) continue;
    for (const Where& where : everywhere())
      for (const Mode mode : {Mode::train, Mode::frozen}) {
        const std::string label = c.name + ", " + where.name() + (mode == Mode::train ? ", train" : ", frozen");
        const BothSides o = operands(c, where);
        const Twin y = result_of(c, where);
        const Results got = run(c, o.here, y.here, mode), want = run(c, o.reference, y.reference, mode);
        const std::int64_t pixels = c.x.pixels();
        const double element = tolerance(where.dtype, 16), channel = tolerance(DType::f32, pixels);
        // Two numbers may lie so near to each other that their deviation magnifies the rounding of everything.
        const double magnified = pixels == 2 ? 100 : 1;
        expect_close(got.y, want.y, magnified * element, label + ", y");
        expect_close(got.inverse_deviation, want.inverse_deviation, tolerance(DType::f32, 16),
                     label + ", inverse deviation");
        if (mode == Mode::train) {
          expect_close(got.mean, want.mean, tolerance(DType::f32, 1), label + ", mean");
          expect_close(got.running_mean, want.running_mean, tolerance(DType::f32, 1), label + ", running mean");
          expect_close(got.running_variance, want.running_variance, tolerance(DType::f32, 1),
                       label + ", running variance");
        }
        expect_close(got.dx, want.dx, element, label + ", dx");
        if (o.here.residual)
          expect_close(got.dresidual, want.dresidual, tolerance(where.dtype, 1), label + ", dresidual");
        expect_close(got.dweight, want.dweight, channel, label + ", dweight");
        expect_close(got.dbias, want.dbias, channel, label + ", dbias");
      }
  }
}

}  // namespace

TEST_CASE("batch normalisation and its gradients agree with the reference", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large batch normalisation and its gradients agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("batch normalisation repeats bit for bit, and in any order of threads", "[sanitize]") {
  for (const BatchNormCase& c : batch_norm_cases) {
    if (c.size != CaseSize::small) continue;
    for (const Where& where : everywhere()) {
      const Operands o = operands(c, where).here, o_otherwise = operands(c, where.otherwise()).here;
      const Tensor y = result_of(c, where).here, y_otherwise = result_of(c, where.otherwise()).here;
      const Results first = run(c, o, y, Mode::train), again = run(c, o, y, Mode::train),
                    otherwise = run(c, o_otherwise, y_otherwise, Mode::train);
      for (const auto& [member, what] :
           std::initializer_list<std::pair<Guarded Results::*, const char*>>{{&Results::y, "y"},
                                                                             {&Results::mean, "mean"},
                                                                             {&Results::running_variance, "variance"},
                                                                             {&Results::dx, "dx"},
                                                                             {&Results::dweight, "dweight"},
                                                                             {&Results::dbias, "dbias"}}) {
        const std::string label = c.name + ", " + where.name() + ", " + what;
        expect_identical(first.*member, again.*member, label + ", twice");
        expect_identical(first.*member, otherwise.*member, label + ", otherwise");
      }
    }
  }
}

TEST_CASE("a mean a thousand times the deviation costs the variance nothing", "[sanitize]") {
  // The difference of E[x^2] and E[x]^2 would lose six of seven digits here.
  for (const Where& where : everywhere({DType::f32}))
    for (const BatchNormCase& c : {BatchNormCase{"16 channels", {3, 16, 41, 37}}, BatchNormCase{"9", {2, 9, 13, 17}}}) {
      BothSides o = operands(c, where);
      const Twin x = random_twin(where, c.x, 1, 999.5, 1000.5), y = result_of(c, where);
      o.here.x = x.here;
      o.reference.x = x.reference;
      const Results got = run(c, o.here, y.here, Mode::train), want = run(c, o.reference, y.reference, Mode::train);
      const std::string label = c.name + ", " + where.name();
      expect_close(got.mean, want.mean, tolerance(DType::f32, 1), label + ", mean");
      expect_close(got.inverse_deviation, want.inverse_deviation, 1e-5, label + ", inverse deviation");
      expect_close(got.y, want.y, 1e-5, label + ", y");
    }
}

TEST_CASE("batch normalisation finds again from x where its activation cut", "[sanitize]") {
  // The gradients without y are those with y, bit for bit: both see the same signs.
  for (const BatchNormCase& c : batch_norm_cases) {
    if (c.size != CaseSize::small || c.residual == BatchNormCase::Residual::present) continue;
    if (c.options.activation.is_none()) continue;
    for (const Where& where : everywhere())
      for (const Mode mode : {Mode::train, Mode::frozen}) {
        const BothSides sides = operands(c, where);
        for (Operands o : {sides.here, sides.reference}) {
          const Results forward = run(c, o, o.x, mode);
          const auto keep = [](const Guarded& from, const Shape& shape, const Tensor& like) {
            Tensor kept = engine::empty(shape, like);
            copy(like.queue(), from.view(), kept.mutable_view());
            return kept;
          };
          const Shape channels{c.x.c()};
          o.mean = mode == Mode::train ? keep(forward.mean, channels, o.weight) : o.running_mean;
          o.inverse_deviation = keep(forward.inverse_deviation, channels, o.weight);
          o.shift = mode == Mode::train ? keep(forward.shift, channels, o.weight) : o.bias;
          const Results with = run(c, o, keep(forward.y, c.x, o.x), mode), without = run(c, o, {}, mode);
          const std::string label = c.name + ", " + where.name() + (mode == Mode::train ? ", train" : ", frozen");
          expect_identical(with.dx, without.dx, label + ", dx");
          expect_identical(with.dweight, without.dweight, label + ", dweight");
        }
      }
  }
}

TEST_CASE("batch normalisation leaves out the gradients that nobody wants", "[sanitize]") {
  for (const Where& where : everywhere({DType::f32})) {
    const BatchNormCase c{"small", {2, 5, 7, 3}};
    const Operands o = operands(c, where).here;
    const Results all = run(c, o, {}, Mode::frozen);
    const BatchNormSaved saved{o.x, {}, o.mean, o.inverse_deviation, {}};
    Guarded dx(where.queue, c.x, DType::f32), dbias(where.queue, {5}, DType::f32);
    kernels::batch_norm_frozen_grad(*where.queue, c.options, o.dy, saved, BatchNormParameters{o.weight, o.bias},
                                    BatchNormGradients{dx.view(), {}, {}, {}});
    expect_identical(dx, all.dx, where.name() + ", dx alone");
    kernels::batch_norm_frozen_grad(*where.queue, c.options, o.dy, saved, BatchNormParameters{o.weight, o.bias},
                                    BatchNormGradients{dx.view(), {}, {}, dbias.view()});
    expect_identical(dbias, all.dbias, where.name() + ", dbias");
  }
}

// A view of the same numbers one element further on, so that nothing is aligned to more than an element.
View moved(const Tensor& memory, const Shape& shape) {
  return {static_cast<unsigned char*>(memory.mutable_view().data) + kernels::size_of(memory.dtype()), memory.dtype(),
          shape};
}

TEST_CASE("batch normalisation takes tensors that begin anywhere", "[sanitize]") {
  const BatchNormCase c{"16 channels", {2, 16, 5, 7}, {.activation = kernels::Activation::relu()}};
  for (const Where& where : everywhere()) {
    const Operands o = operands(c, where).here;
    const Results want = run(c, o, {}, Mode::frozen);
    const Tensor memory = engine::full({c.x.elements() + 1}, 0.0, where.dtype, where.queue),
                 result = engine::full({c.x.elements() + 2}, 7.0, where.dtype, where.queue);
    const View x = moved(memory, c.x), y = moved(result, c.x);
    kernels::cast(*where.queue, o.x, x);
    Guarded inverse(where.queue, {16}, DType::f32);
    kernels::batch_norm_frozen_forward(*where.queue, c.options, ConstView(x), BatchNormParameters{o.weight, o.bias},
                                       o.running_mean, o.running_variance, kernels::ConstView{}, inverse.view(), y);
    std::vector<double> got = engine::download(result);
    CHECK(got.front() == 7.0);
    CHECK(got.back() == 7.0);
    got.erase(got.begin());
    got.pop_back();
    INFO(where.name());
    CHECK(got == want.y.values());
  }
}
