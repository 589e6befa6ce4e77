// SPDX-License-Identifier: Apache-2.0
// Times whole training steps and whole inferences, by the events of the device: iterations follow each other as in
// training, and nobody waits between them. With --json prints one line: what runs, "seconds": [...] and "peak_bytes".
// With --interactive what runs is a line of its own, and every line on the standard input is a number of further
// iterations, answered by a line {"seconds": [...], "peak_bytes": n}. peak_bytes is the most memory of the measured
// iterations: on a GPU what tensors and kernels held of the device's (reserved_bytes: what was had from the driver for
// it); elsewhere the highest resident size less that after loading the program.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "bench/measure.h"
#include "bench/report.h"
#include "engine/autograd.h"
#include "kernels/random.h"
#include "models/create.h"
#include "train/command_table.h"
#include "train/network.h"
#include "train/profile_report.h"
#include "train/program.h"
#include "train/recipes.h"
#include "train/settings.h"

namespace {

struct Flags {
  std::string recipe = "supervised", model = {}, mode = "train", size = "480x640";
  int batch = 1, classes = 9, warmup = 3, iterations = 5;
  double width = 1;
  bool json = false, interactive = false;
  std::string commit = "unknown";
  train::DeviceFlags device;
  train::ProfileFlag profile;
};

std::int64_t status_bytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind(field + ":", 0) == 0) return std::stoll(line.substr(field.size() + 1)) * 1024;
  throw kernels::FileError("/proc/self/status: no field {}", field);
}

void reset_peak(kernels::Queue& queue) {
  std::ofstream("/proc/self/clear_refs") << "5";
  queue.memory().reset_peak();
}

// Whole numbers below `count`.
engine::Tensor random_labels(kernels::RandomStream& random, const kernels::Shape& shape, int count,
                             const std::shared_ptr<kernels::Queue>& queue) {
  std::vector<std::int64_t> labels(static_cast<std::size_t>(shape.elements()));
  for (auto& label : labels) label = random.below(static_cast<std::uint32_t>(count));
  return engine::from_host(std::span<const std::int64_t>(labels), shape, kernels::DType::u8, queue);
}

train::Batch random_batch(const Flags& flags, const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute) {
  const kernels::Size2 size = train::parse_size(flags.size);
  kernels::RandomStream random(1, "step_bench");
  const auto image = [&](int channels) {
    std::vector<float> values(static_cast<std::size_t>(flags.batch) * channels * size.h * size.w);
    for (float& value : values) value = kernels::to_unit_float(random.next());
    return engine::from_host(std::span<const float>(values), {flags.batch, channels, size.h, size.w}, compute, queue);
  };
  train::Batch batch{image(3), image(1), {}, {}};
  batch.labels = random_labels(random, {flags.batch, size.h, size.w}, flags.classes, queue);
  return batch;
}

// With edges, where the recipe learns from them.
std::function<void()> training_step(const Flags& flags, const models::ModelOptions& network, train::Batch batch,
                                    const std::shared_ptr<kernels::Queue>& queue) {
  train::Settings settings(std::vector<std::string>{});
  const std::shared_ptr<train::Recipe> recipe = train::open_recipe(
      flags.recipe,
      {.model = flags.model, .network = network, .without_teacher = train::RecipeOptions::WithoutTeacher::random},
      settings, queue, 1);
  if (const auto edges = recipe->edges()) {
    kernels::RandomStream random(2, "step_bench");
    batch.edges = random_labels(
        random, {flags.batch, network.size.h / edges->reduction, network.size.w / edges->reduction}, 2, queue);
  }
  return [batch, recipe] {
    recipe->differentiate(batch, {});
    recipe->update();
  };
}

// The seconds of iterations, and the memory they took, added to `line`. `loaded`: resident bytes of the program when it
// started.
void print(const Flags& flags, kernels::Queue& queue, nlohmann::json line, std::vector<double> seconds,
           std::int64_t loaded) {
  const bool on_gpu = bench::runs_on_gpu(queue);
  const kernels::Memory::Statistics memory = queue.memory().statistics();
  const std::int64_t resident = status_bytes("VmHWM") - loaded;
  const std::int64_t peak = on_gpu ? static_cast<std::int64_t>(memory.peak_in_use) : resident;
  if (flags.json) {
    line.update({{"seconds", seconds}, {"peak_bytes", peak}});
    if (on_gpu) line.update({{"reserved_bytes", memory.reserved}, {"host_bytes", resident}});
    fmt::print("{}\n", line.dump());
  } else if (!seconds.empty()) {
    std::sort(seconds.begin(), seconds.end());
    fmt::print("{}: median {:.2f} ms, fastest {:.2f} ms, {:.1f} images/s, peak {:.0f} MiB {}\n",
               bench::device_title(queue), 1e3 * seconds[seconds.size() / 2], 1e3 * seconds[0],
               flags.batch / seconds[seconds.size() / 2], static_cast<double>(peak) / (1 << 20),
               on_gpu ? "of device memory" : "above the loaded program");
  }
  std::fflush(stdout);
}

// A table, or with --json one more line: {"profile": {...}}.
void print_profile(const Flags& flags, kernels::Queue& queue) {
  if (!flags.json) return flags.profile.finish(queue, {});
  fmt::print("{}\n", nlohmann::json{{"profile", train::to_json(queue, *queue.profile())}}.dump());
  std::fflush(stdout);
}

void run(const Flags& flags, std::int64_t loaded) {
  if (flags.mode != "train" && flags.mode != "infer")
    throw kernels::UsageError("--mode {}: expected train or infer", flags.mode);
  const auto queue = flags.device.open();
  const kernels::DType compute = flags.device.compute_dtype(*queue);
  const models::ModelOptions options{
      .classes = flags.classes, .width = flags.width, .size = train::parse_size(flags.size)};
  const train::Batch batch = random_batch(flags, queue, compute);
  std::function<void()> iteration;
  if (flags.mode == "train") {
    iteration = training_step(flags, options, batch, queue);
  } else {
    const std::shared_ptr<train::Network> network = train::open_network(flags.model, options, queue, 1);
    iteration = [&batch, network] {
      const engine::NoGradient no_gradient;
      (*network->model)({batch.rgb, batch.thermal, {}}, engine::nn::Mode::evaluate);
    };
  }
  nlohmann::json description = bench::describe_run(*queue, flags.commit);
  description.update({{"recipe", flags.recipe},
                      {"model", flags.model},
                      {"mode", flags.mode},
                      {"batch", flags.batch},
                      {"size", flags.size},
                      {"precision", flags.device.precision},
                      {"conv", flags.device.convolutions.empty() ? "default" : flags.device.convolutions}});
  if (flags.interactive && flags.json) fmt::print("{}\n", std::exchange(description, nlohmann::json::object()).dump());
  const auto measure = [&](int count) {
    std::vector<std::shared_ptr<kernels::Event>> ends{queue->record()};
    for (int i = 0; i < count; ++i) {
      iteration();
      ends.push_back(queue->record());
    }
    std::vector<double> seconds;
    for (std::size_t i = 1; i < ends.size(); ++i) seconds.push_back(1e-3 * ends[i]->milliseconds_since(*ends[i - 1]));
    print(flags, *queue, description, seconds, loaded);
  };
  for (int i = 0; i < flags.warmup; ++i) iteration();
  queue->synchronize();
  reset_peak(*queue);
  flags.profile.start(*queue);
  measure(flags.iterations);
  if (flags.profile.wanted) print_profile(flags, *queue);
  if (!flags.interactive) return;
  for (std::string line; std::getline(std::cin, line);) measure(std::stoi(line));
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t loaded = status_bytes("VmRSS");
  CLI::App app("Times whole training steps and whole inferences of a network.", "step_bench");
  Flags flags;
  train::propose(
      app.add_option("--recipe", flags.recipe, "Whose steps; a teacher has random weights")->capture_default_str(),
      train::recipe_names());
  train::propose(app.add_option("--model", flags.model, "Network; default: the recipe's (supervised: mfnet)"),
                 models::model_names());
  train::propose(app.add_option("--mode", flags.mode, "train or infer")->capture_default_str(), {"train", "infer"});
  app.add_option("--batch", flags.batch, "Images per iteration")->capture_default_str();
  app.add_option("--size", flags.size, "Height x width")->capture_default_str();
  app.add_option("--classes", flags.classes, "Class channels")->capture_default_str();
  app.add_option("--width", flags.width, "Factor on inner channels")->capture_default_str();
  app.add_option("--warmup", flags.warmup, "Iterations before the clock starts")->capture_default_str();
  app.add_option("--iterations", flags.iterations, "Measured iterations")->capture_default_str();
  app.add_option("--commit", flags.commit, "Printed with --json: what was built");
  app.add_flag("--json", flags.json, "Print JSON lines");
  app.add_flag("--interactive", flags.interactive, "Read numbers of further iterations from the standard input");
  flags.device.add_to(app);
  flags.profile.add_to(app);
  return train::run_program(app, argc, argv, [&] {
    if (flags.model.empty()) flags.model = train::protocol_of(flags.recipe).model;
    run(flags, loaded);
  });
}
