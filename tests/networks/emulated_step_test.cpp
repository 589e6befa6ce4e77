// SPDX-License-Identifier: Apache-2.0
// What a training step asks of the device, counted by the emulator.
#include "engine/optim/clip.h"
#include "engine/optim/moving_average.h"
#include "kernels/cuda/emulation/launch.h"
#include "tests/support/catch.h"
#include "tests/support/devices.h"
#include "train/supervised.h"

using namespace test;

TEST_CASE("a training step reads nothing from the device", "[cuda]") {
  const auto queue = cuda_queue();
  const auto downloads = [&] {
    return kernels::cuda::emulation::downloads(*queue);
  };
  train::Supervised recipe({.model = "mfnet", .network = {.classes = 5, .width = 0.125}}, queue, 1);
  const train::Batch batch{random_tensor(queue, {1, 3, 32, 48}, DType::f32, 1),
                           random_tensor(queue, {1, 1, 32, 48}, DType::f32, 2),
                           engine::zeros({1, 32, 48}, DType::u8, queue),
                           {}};
  const auto parameters = recipe.state().parameters();
  engine::MovingAverage average(parameters, {.decay = 0.9, .warm_up = engine::DecayWarmUp::yes});
  const auto step = [&] {
    const train::Losses losses = recipe.differentiate(batch, {.mode = engine::nn::Mode::train});
    engine::clip_gradient_norm(parameters, 1);
    recipe.optimizers()[0]->set_rate(0.005);
    recipe.update();
    average.update();
    return losses;
  };
  step();
  const std::uint64_t before = downloads();
  const train::Losses losses = step();
  CHECK(downloads() == before);
  CHECK(engine::read_scalar(losses.back().second) > 0);
  CHECK(downloads() == before + 1);
}
