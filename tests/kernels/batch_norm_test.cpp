// SPDX-License-Identifier: Apache-2.0
#include "kernels/batch_norm.h"

#include <cmath>
#include <cstring>

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

// Copies a tensor into a guarded buffer that a kernel updates in place.
void fill(const Guarded& target, const Tensor& source) {
  kernels::visit_dtype<double, float>(source.dtype(), "test", [&]<class T>() {
    std::copy_n(source.view().as<T>(), source.elements(), target.view().as<T>());
  });
}

Results run(const BatchNormCase& c, const Operands& o, const Tensor& y_of_gradient, Mode mode) {
  const auto& queue = o.x.shared_queue();
  const DType type = o.x.dtype(), master = o.weight.dtype();
  const Shape channels{c.x.c()};
  Results r{{queue, c.x, type},        {queue, channels, master}, {queue, channels, master}, {queue, channels, master},
            {queue, channels, master}, {queue, channels, master}, {queue, c.x, type},        {queue, c.x, type},
            {queue, channels, master}, {queue, channels, master}};
  fill(r.running_mean, o.running_mean);
  fill(r.running_variance, o.running_variance);
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

TEST_CASE("batch normalisation repeats bit for bit on any number of threads", "[sanitize]") {
  for (const BatchNormCase& c : batch_norm_cases) {
    if (c.size != CaseSize::small) continue;
    for (const DType dtype : {DType::f32, DType::bf16}) {
      const auto once = [&](int threads) {
        const Where where{queue_of(DeviceKind::cpu, threads), dtype};
        return run(c, operands(c, where).here, result_of(c, where).here, Mode::train);
      };
      const Results two = once(2), again = once(2), one = once(1);
      for (const auto& [member, what] :
           std::initializer_list<std::pair<Guarded Results::*, const char*>>{{&Results::y, "y"},
                                                                             {&Results::mean, "mean"},
                                                                             {&Results::running_variance, "variance"},
                                                                             {&Results::dx, "dx"},
                                                                             {&Results::dweight, "dweight"},
                                                                             {&Results::dbias, "dbias"}}) {
        const std::string label = c.name + ", " + name_of(dtype) + ", " + what;
        expect_identical(two.*member, again.*member, label + ", twice");
        expect_identical(two.*member, one.*member, label + ", 1 and 2 threads");
      }
    }
  }
}

TEST_CASE("a mean a thousand times the deviation costs the variance nothing", "[sanitize]") {
  // The difference of E[x^2] and E[x]^2 would lose six of seven digits here.
  const Where where{queue_of(DeviceKind::cpu), DType::f32};
  for (const BatchNormCase& c : {BatchNormCase{"16 channels", {3, 16, 41, 37}}, BatchNormCase{"9", {2, 9, 13, 17}}}) {
    BothSides o = operands(c, where);
    const Twin x = random_twin(where, c.x, 1, 999.5, 1000.5), y = result_of(c, where);
    o.here.x = x.here;
    o.reference.x = x.reference;
    const Results got = run(c, o.here, y.here, Mode::train), want = run(c, o.reference, y.reference, Mode::train);
    expect_close(got.mean, want.mean, tolerance(DType::f32, 1), c.name + ", mean");
    expect_close(got.inverse_deviation, want.inverse_deviation, 1e-5, c.name + ", inverse deviation");
    expect_close(got.y, want.y, 1e-5, c.name + ", y");
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
            std::memcpy(kept.mutable_view().data, from.view().data,
                        static_cast<std::size_t>(kept.elements()) * kernels::size_of(kept.dtype()));
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
  const Where where{queue_of(DeviceKind::cpu), DType::f32};
  const BatchNormCase c{"small", {2, 5, 7, 3}};
  const Operands o = operands(c, where).here;
  const Results all = run(c, o, {}, Mode::frozen);
  const BatchNormSaved saved{o.x, {}, o.mean, o.inverse_deviation, {}};
  Guarded dx(where.queue, c.x, DType::f32), dbias(where.queue, {5}, DType::f32);
  kernels::batch_norm_frozen_grad(*where.queue, c.options, o.dy, saved, BatchNormParameters{o.weight, o.bias},
                                  BatchNormGradients{dx.view(), {}, {}, {}});
  expect_identical(dx, all.dx, "dx alone");
  kernels::batch_norm_frozen_grad(*where.queue, c.options, o.dy, saved, BatchNormParameters{o.weight, o.bias},
                                  BatchNormGradients{dx.view(), {}, {}, dbias.view()});
  expect_identical(dbias, all.dbias, "dbias");
}
