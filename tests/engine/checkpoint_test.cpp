// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstring>

#include "engine/nn/weights.h"
#include "engine/optim/adam.h"
#include "kernels/error.h"
#include "kernels/random.h"
#include "tests/support/catch.h"
#include "tests/support/devices.h"
#include "tests/support/temporary_folder.h"

using namespace engine;
using Catch::Matchers::Contains;
using kernels::DeviceKind;
using test::queue_of;
using test::random_tensor;
using test::read_text;
using test::TemporaryFolder;
using test::write_text;

namespace {

RunFacts some_facts() {
  RunFacts facts;
  facts.epoch = 3;
  facts.step = 1234567890123;
  facts.best_metric = 0.1 + 0.2;
  facts.seed = 18446744073709551615u;
  facts.threads = 2;
  facts.instruction_set = "avx2";
  facts.versions = {{"isotherm", "0.1.0"}, {"onednn", "3.2.1"}};
  facts.configuration = {{"model", "mfnet"}, {"rate", 0.01}, {"path", "a \"quoted\"\nname"}};
  facts.random_counters = {{"dropout", 77}};
  return facts;
}

// A state whose every value is `mark`, so that a mixture of two saves would be seen.
CheckpointWriter marked_state(std::int64_t mark, const Shape& shape = {3, 2}) {
  CheckpointWriter writer;
  writer.facts.step = mark;
  writer.add("weight", full(shape, static_cast<double>(mark), DType::f32, queue_of(DeviceKind::cpu)));
  writer.add_integer("bn.num_batches_tracked", mark);
  return writer;
}

std::int64_t mark_of(const std::filesystem::path& path) {
  const Checkpoint checkpoint = Checkpoint::open(path);
  const std::int64_t mark = checkpoint.facts().step;
  CHECK(to_i64(checkpoint.file().at("bn.num_batches_tracked")) == std::vector<std::int64_t>{mark});
  for (const float value : to_f32(checkpoint.file().at("weight"))) REQUIRE(value == static_cast<float>(mark));
  return mark;
}

}  // namespace

TEST_CASE("a checkpoint gives back every bit, whatever device it came from", "[sanitize]") {
  const TemporaryFolder folder;
  const auto reference = test::reference_queue();
  for (const auto& queue : test::working_queues()) {
    INFO(to_string(queue->device()));
    const Tensor weight = random_tensor(queue, {5, 3, 2, 4}, DType::f32, 1),
                 exact = random_tensor(reference, {7}, DType::f64, 2);
    const std::vector<float> odd = {-0.0f, INFINITY, 1e-45f, std::nextafter(1.0f, 2.0f)};
    const Tensor strange = from_host(std::span<const float>(odd), {4}, DType::f32, queue);
    CheckpointWriter writer;
    writer.facts = some_facts();
    writer.add("conv.weight", weight);
    writer.add("exact", exact);
    writer.add("strange", strange);
    writer.add_integer("bn.num_batches_tracked", -5);
    writer.write(folder / "a.safetensors");

    const Checkpoint checkpoint = Checkpoint::open(folder / "a.safetensors");
    CHECK(checkpoint.facts() == some_facts());
    const TensorRecord& record = checkpoint.file().at("conv.weight");
    CHECK(record.dtype == FileDType::f32);
    CHECK(record.shape == std::vector<std::int64_t>{5, 3, 2, 4});
    CHECK(to_f32(record) == download_float(weight));  // Row-major, OIHW.
    CHECK(checkpoint.file().at("exact").dtype == FileDType::f64);
    CHECK(to_f64(checkpoint.file().at("exact")) == download(exact));
    CHECK(checkpoint.file().at("bn.num_batches_tracked").shape.empty());
    CHECK(to_i64(checkpoint.file().at("bn.num_batches_tracked")) == std::vector<std::int64_t>{-5});
    const std::vector<float> back = to_f32(checkpoint.file().at("strange"));
    CHECK(std::memcmp(back.data(), odd.data(), sizeof(float) * odd.size()) == 0);
    CHECK(download(checkpoint.tensors("conv.weight", queue).front().tensor) == download(weight));
  }
}

TEST_CASE("an optimizer goes on from a checkpoint bit for bit", "[sanitize]") {
  const TemporaryFolder folder;
  for (const auto& queue : test::working_queues()) {
    INFO(to_string(queue->device()));
    const Shape shape{6, 3, 2, 5};
    const auto train = [&](const Tensor& p, Optimizer& optimizer, int first, int last) {
      for (int k = first; k < last; ++k) {
        p.set_grad(random_tensor(queue, shape, DType::f32, 100 + static_cast<std::uint64_t>(k)));
        optimizer.step();
      }
    };
    const Tensor through = random_tensor(queue, shape, DType::f32, 1);
    Adam whole({{"p", through}}, 0.01);
    train(through, whole, 0, 3);
    CheckpointWriter writer;
    writer.add("p", through);
    writer.add("optimizer/", whole.state());
    writer.write(folder / "a.safetensors");
    train(through, whole, 3, 6);

    const Checkpoint checkpoint = Checkpoint::open(folder / "a.safetensors");
    const Tensor resumed = checkpoint.tensors("p", queue).front().tensor;
    Adam second({{"p", resumed}}, 0.01);
    second.load_state(checkpoint.tensors("optimizer/", queue));
    train(resumed, second, 3, 6);
    CHECK(download(resumed) == download(through));
  }
}

TEST_CASE("a network is saved beside its optimizer and loaded alone", "[sanitize]") {
  const TemporaryFolder folder;
  const auto queue = queue_of(DeviceKind::cpu);
  const auto build = [&](nn::ParameterStore& store) {
    const nn::Scope at = store.root() / "layer1" / 0;
    at.parameter("weight", {4, 3, 2, 5}, nn::Initialisation::normal(1));
    at.buffer("running_mean", {4}, 0.25);
    return at.counter("num_batches_tracked");
  };
  nn::ParameterStore saved(queue, 1), loaded(queue, 2);
  *build(saved) = 42;
  const auto counter = build(loaded);
  const Adam optimizer(saved.parameters(), 0.1);
  CheckpointWriter writer;
  writer.add("", saved);
  writer.add("teacher/", saved);
  writer.add("optimizer/", optimizer.state());
  writer.write(folder / "a.safetensors");
  const Checkpoint checkpoint = Checkpoint::open(folder / "a.safetensors");
  for (const char* prefix : {"", "teacher/"}) {
    REQUIRE(loaded.entries()[0].name == "layer1.0.weight");
    const Tensor weight = loaded.entries()[0].tensor;
    copy_into(zeros(weight.shape(), weight.dtype(), queue), weight);
    nn::load_weights(loaded, checkpoint.file(), prefix);
    CHECK(download(weight) == download(saved.entries()[0].tensor));
    CHECK(*counter == 42);
  }
}

TEST_CASE("every flipped, missing or added byte of a checkpoint is found", "[sanitize]") {
  const TemporaryFolder folder;
  CheckpointFolder run(folder.path());
  run.save_last(marked_state(1));
  run.save_last(marked_state(2));
  const std::string good = read_text(run.last());
  INFO("the file has " << good.size() << " bytes");
  const auto expect_found = [&](const std::string& bytes, const std::string& what) {
    write_text(run.last(), bytes);
    INFO(what);
    CHECK_THROWS_WITH(Checkpoint::open(run.last()),
                      Contains(run.last().string()) && Contains("--resume " + run.previous().string()));
  };
  for (std::size_t at = 0; at < good.size(); ++at)
    for (const char flip : {'\x01', '\x20'}) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ flip);
      expect_found(bad, "byte " + std::to_string(at));
    }
  for (std::size_t length = 0; length < good.size(); ++length)
    expect_found(good.substr(0, length), "cut to " + std::to_string(length));
  expect_found(good + '\0', "one byte more");
  write_text(run.last(), good);
  CHECK(mark_of(run.last()) == 2);
}

TEST_CASE("a damaged checkpoint names what is wrong and what can be resumed", "[sanitize]") {
  const TemporaryFolder folder;
  CheckpointFolder run(folder.path());
  run.save_last(marked_state(1));
  CHECK_THROWS_WITH(Checkpoint::open(run.previous()),
                    Contains("no such file") && Contains("--resume " + run.last().string()));
  std::string bytes = read_text(run.last());
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_text(run.last(), bytes);
  CHECK_THROWS_WITH(Checkpoint::open(run.last()), Contains("checksum") && Contains("no other checkpoint"));
  CHECK_THROWS_AS(Checkpoint::open(run.last()), kernels::CheckpointError);
  // A weight file of another program has no checksum and cannot be resumed.
  write_safetensors(folder / "weights.safetensors", {}, {{"format", "the metadata of some other program"}});
  CHECK_THROWS_WITH(Checkpoint::open(folder / "weights.safetensors"), Contains("checksum"));
}

TEST_CASE("a damaged last never replaces a whole previous", "[sanitize]") {
  const TemporaryFolder folder;
  {
    CheckpointFolder run(folder.path());
    for (int mark = 1; mark <= 3; ++mark) run.save_last(marked_state(mark));
    CHECK(mark_of(run.last()) == 3);
    CHECK(mark_of(run.previous()) == 2);
  }
  CheckpointFolder resumed(folder.path());
  write_text(resumed.last(), read_text(resumed.last()).substr(0, 300));
  resumed.save_last(marked_state(4));
  CHECK(mark_of(resumed.last()) == 4);
  CHECK(mark_of(resumed.previous()) == 2);
  resumed.save_best(marked_state(5));
  CHECK(mark_of(resumed.best()) == 5);
  CHECK(mark_of(resumed.last()) == 4);
}

TEST_CASE("a process killed at any instant of its saves leaves whole checkpoints") {
  const TemporaryFolder folder;
  kernels::RandomStream random(7, "kill");
  CheckpointFolder(folder.path()).save_last(marked_state(0, {64, 8, 3, 3}));
  std::vector<CheckpointWriter> states;
  for (int i = 0; i < 200; ++i) states.push_back(marked_state(i, {64, 8, 3, 3}));
  int kills_inside_a_save = 0;
  std::int64_t latest = 0;
  for (int round = 0; round < 40; ++round) {
    std::error_code missing;
    const auto written = std::filesystem::last_write_time(folder / "last.safetensors", missing);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      CheckpointFolder run(folder.path());
      try {
        for (std::size_t i = 0;; ++i) run.save_last(states[i % states.size()]);
      } catch (...) {
        _exit(1);
      }
    }
    // In every other round a save is whole first, however busy the machine is.
    for (int wait = 0; round % 2 == 0 && wait < 10000; ++wait) {
      if (std::filesystem::last_write_time(folder / "last.safetensors", missing) != written) break;
      usleep(1000);
    }
    usleep(1000 + random.below(20000));
    kill(child, SIGKILL);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    const CheckpointFolder run(folder.path());
    kills_inside_a_save += std::filesystem::exists(folder / "last.safetensors.partial");
    latest = std::max(latest, mark_of(run.last()));
    if (std::filesystem::exists(run.previous())) mark_of(run.previous());
  }
  INFO("latest mark " << latest << ", " << kills_inside_a_save << " of 40 kills left a partial file");
  CHECK(latest > 0);
  CHECK(kills_inside_a_save > 0);
}

TEST_CASE("a resumed run is told what may change its bits", "[sanitize]") {
  const RunFacts then = some_facts();
  CHECK(reproducibility_differences(then, then).empty());
  RunFacts now = then;
  now.step = 5;  // Progress is no difference.
  now.threads = 4;
  now.versions = {{"isotherm", "0.1.0"}, {"onednn", "3.5"}};
  const std::vector<std::string> differences = reproducibility_differences(then, now);
  REQUIRE(differences.size() == 2);
  CHECK_THAT(differences[0], Contains("threads 2") && Contains("has 4"));
  CHECK_THAT(differences[1], Contains("onednn 3.2.1") && Contains("has 3.5"));
}
