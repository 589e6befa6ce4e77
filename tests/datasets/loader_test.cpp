// SPDX-License-Identifier: Apache-2.0
// The loader: content by seed alone, order, resuming, ranks, faults, and the recycling of buffers.
#include "datasets/loader.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "kernels/error.h"
#include "tests/support/catch.h"

using namespace datasets;

namespace {

// Samples made of their index; some can be told to be slow, broken, larger or without a label.
class MadeUp final : public Dataset {
 public:
  explicit MadeUp(int size) : size_(size) {}
  std::set<int> slow, broken, larger, unlabelled;
  mutable std::atomic<int> loads{0};

  std::string name() const override { return "made up"; }
  const std::vector<ClassInfo>& classes() const override {
    static const std::vector<ClassInfo> classes(3);
    return classes;
  }
  int size() const override { return size_; }
  std::string sample_name(int index) const override { return "sample" + std::to_string(index); }
  TimeOfDay time_of_day(int index) const override { return index % 2 == 0 ? TimeOfDay::day : TimeOfDay::night; }
  Sample load(int index) const override {
    ++loads;
    if (slow.count(index)) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (broken.count(index)) throw kernels::DataError("sample{}.png: expected 4 channels, got 3", index);
    const int height = 20 + larger.count(index), width = 30;
    Sample sample;
    sample.name = sample_name(index);
    sample.time = time_of_day(index);
    sample.rgb = Image8(height, width, 3);
    sample.thermal = Image16(height, width, 1);
    sample.label = LabelMap(height, width, 1);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        for (int c = 0; c < 3; ++c) sample.rgb.at(y, x, c) = static_cast<std::uint8_t>(7 * index + 3 * x + y + 50 * c);
        sample.thermal.at(y, x) = static_cast<std::uint8_t>(5 * index + x + 2 * y);
        sample.label->at(y, x) = static_cast<std::uint8_t>((index + x + y) % 3);
      }
    if (unlabelled.count(index)) sample.label.reset();
    return sample;
  }

 private:
  int size_;
};

struct Copied {
  HostBatch batch;
  friend bool operator==(const Copied& a, const Copied& b) {
    return a.batch.number == b.batch.number && a.batch.n == b.batch.n && a.batch.h == b.batch.h &&
           a.batch.w == b.batch.w && a.batch.rgb == b.batch.rgb && a.batch.thermal == b.batch.thermal &&
           a.batch.labels == b.batch.labels && a.batch.names == b.batch.names && a.batch.times == b.batch.times &&
           a.batch.indices == b.batch.indices;
  }
};

std::vector<Copied> read_epoch(Loader& loader, int epoch, int first_batch = 0) {
  loader.begin_epoch(epoch, first_batch);
  std::vector<Copied> batches;
  while (const HostBatch* batch = loader.next()) batches.push_back({*batch});
  return batches;
}

LoaderOptions augmented(int workers) {
  return {.batch_size = 3, .workers = workers, .seed = 9, .augmentation = AugmentationOptions{}};
}

std::string chain_of(Loader& loader) {
  try {
    loader.next();
  } catch (const std::exception& error) {
    return kernels::describe(error);
  }
  return "no exception";
}

}  // namespace

TEST_CASE("a batch holds its samples in order, in network units, channels last", "[sanitize]") {
  MadeUp data(5);
  data.unlabelled = {4};
  Loader loader(data, {.batch_size = 2, .order = Order::sequential});
  CHECK(loader.batches() == 3);
  const std::vector<Copied> batches = read_epoch(loader, 0);
  REQUIRE(batches.size() == 3);
  CHECK(batches[2].batch.n == 1);
  for (int index = 0; index < 5; ++index) {
    const HostBatch& batch = batches[static_cast<std::size_t>(index / 2)].batch;
    const auto slot = static_cast<std::size_t>(index % 2);
    const Sample sample = data.load(index);
    CHECK(batch.number == index / 2);
    CHECK(batch.h == 20);
    CHECK(batch.w == 30);
    CHECK(batch.names[slot] == sample.name);
    CHECK(batch.indices[slot] == index);
    CHECK(batch.times[slot] == sample.time);
    for (std::size_t i = 0; i < 20 * 30; ++i) {
      const std::size_t pixel = slot * 20 * 30 + i;
      for (std::size_t c = 0; c < 3; ++c) REQUIRE(batch.rgb[3 * pixel + c] == sample.rgb.pixels[3 * i + c] / 255.0f);
      REQUIRE(batch.thermal[pixel] == sample.thermal.pixels[i] / 255.0f);
      REQUIRE(batch.labels[pixel] == (sample.label ? sample.label->pixels[i] : HostBatch::no_label));
    }
  }
}

TEST_CASE("the number of workers changes nothing in what is delivered", "[sanitize]") {
  MadeUp data(17);
  data.slow = {1, 6, 12};
  Loader alone(data, augmented(0));
  const std::vector<Copied> want = read_epoch(alone, 2);
  REQUIRE(want.size() == 6);
  for (const int workers : {1, 2, 4, 5}) {
    Loader loader(data, augmented(workers));
    INFO(workers << " workers");
    CHECK(read_epoch(loader, 2) == want);
    CHECK_FALSE(read_epoch(loader, 3) == want);
    CHECK(read_epoch(loader, 2) == want);
  }
}

TEST_CASE("an epoch entered in the middle continues with identical batches", "[sanitize]") {
  const MadeUp data(17);
  Loader loader(data, augmented(2));
  const std::vector<Copied> whole = read_epoch(loader, 4);
  for (int first = 0; first <= loader.batches(); ++first) {
    const std::vector<Copied> rest = read_epoch(loader, 4, first);
    INFO("from batch " << first);
    CHECK(rest == std::vector<Copied>(whole.begin() + first, whole.end()));
  }
  CHECK_THROWS_AS(loader.begin_epoch(4, loader.batches() + 1), kernels::UsageError);
}

TEST_CASE("an epoch may be left at any point, for another one or for good", "[sanitize]") {
  MadeUp data(40);
  data.slow = {3, 4, 5, 20, 21, 33};
  Loader reference(data, augmented(0));
  const std::vector<Copied> want = read_epoch(reference, 7);
  Loader loader(data, augmented(3));
  for (int taken = 0; taken < 4; ++taken) {
    loader.begin_epoch(100 + taken);
    for (int i = 0; i < taken; ++i) REQUIRE(loader.next() != nullptr);
    CHECK(read_epoch(loader, 7) == want);
    CHECK(loader.next() == nullptr);
  }
  loader.begin_epoch(8);
  loader.next();  // The loader is destroyed with work in the air.
}

TEST_CASE("workers run ahead by the prefetch bound and no further", "[sanitize]") {
  const MadeUp data(60);
  Loader loader(data, {.batch_size = 2, .workers = 2, .prefetch = 3, .order = Order::sequential});
  loader.begin_epoch(0);
  REQUIRE(loader.next() != nullptr);
  // One batch is held and three may be made: eight samples, however long the consumer takes.
  for (int i = 0; i < 200 && data.loads < 8; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  CHECK(data.loads == 8);
}

TEST_CASE("the buffers of a batch are used again", "[sanitize]") {
  const MadeUp data(24);
  Loader loader(data, {.batch_size = 2, .workers = 2, .prefetch = 2});
  std::set<const float*> buffers;
  for (int epoch = 0; epoch < 3; ++epoch) {
    loader.begin_epoch(epoch);
    while (const HostBatch* batch = loader.next()) buffers.insert(batch->rgb.data());
  }
  CHECK(buffers.size() == 3);
}

TEST_CASE("a consumer may hold several batches", "[sanitize]") {
  const MadeUp data(14);
  for (const int workers : {0, 2}) {
    LoaderOptions options = augmented(workers);
    Loader one(data, options);
    const std::vector<Copied> want = read_epoch(one, 1);
    options.held = 3;
    Loader several(data, options);
    several.begin_epoch(1);
    std::vector<const HostBatch*> batches;
    for (std::size_t i = 0; i < want.size(); ++i) {
      batches.push_back(several.next());
      REQUIRE(batches.back() != nullptr);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));  // For the workers to run ahead.
      for (std::size_t held = i < 2 ? 0 : i - 2; held <= i; ++held) CHECK(Copied{*batches[held]} == want[held]);
    }
    CHECK(several.next() == nullptr);
    CHECK(Copied{*batches.back()} == want.back());
  }
}

TEST_CASE("a held batch does not change while workers go on", "[sanitize]") {
  const MadeUp data(30);
  Loader loader(data, augmented(2));
  loader.begin_epoch(0);
  const HostBatch* batch = loader.next();
  const Copied copy{*batch};
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(Copied{*batch} == copy);
}

TEST_CASE("a sample that cannot be loaded stops its own batch, by name, and no other", "[sanitize]") {
  MadeUp data(8);
  data.broken = {3, 2};
  for (const int workers : {0, 2}) {
    Loader loader(data, {.batch_size = 2, .workers = workers, .order = Order::sequential});
    loader.begin_epoch(5);
    INFO(workers << " workers");
    REQUIRE(loader.next() != nullptr);
    const std::string chain = chain_of(loader);
    CHECK(chain == "made up: sample sample2 (epoch 5, batch 1), because sample2.png: expected 4 channels, got 3");
    const HostBatch* after = loader.next();
    REQUIRE(after != nullptr);
    CHECK(after->names == std::vector<std::string>{"sample4", "sample5"});
    loader.begin_epoch(5, 1);
    try {
      loader.next();
      FAIL("nothing was thrown");
    } catch (const std::exception& error) {
      CHECK(kernels::exit_code(error) == kernels::ExitCode::data);
    }
  }
}

TEST_CASE("a batch has the edges of its labels, where they are asked for", "[sanitize]") {
  MadeUp dataset(3);
  dataset.unlabelled = {1};
  const labels::EdgeOptions edges{.reduction = 4};
  Loader loader(dataset, {.batch_size = 3, .workers = 2, .order = Order::sequential, .edges = edges});
  loader.begin_epoch(0);
  const HostBatch& batch = *loader.next();
  CHECK(batch.edge_size == kernels::Size2{5, 7});
  REQUIRE(batch.edges.size() == 3 * 5 * 7);
  for (const int index : {0, 1, 2}) {
    const LabelMap want = index == 1 ? LabelMap(5, 7, 1) : labels::edges_of(*dataset.load(index).label, edges);
    CHECK(std::equal(want.pixels.begin(), want.pixels.end(), batch.edges.begin() + index * 35));
  }
  CHECK(std::count(batch.edges.begin(), batch.edges.end(), 1) > 0);
}

TEST_CASE("samples of two sizes in one batch are refused with both names", "[sanitize]") {
  MadeUp data(6);
  data.larger = {4};
  data.slow = {5};
  Loader loader(data, {.batch_size = 2, .order = Order::sequential});
  loader.begin_epoch(0, 2);
  CHECK(chain_of(loader) ==
        "made up: sample sample5: expected size 21x30 as of sample4 in the same batch, got 20x30; set one size");
  Loader resized(data, {.batch_size = 2, .order = Order::sequential, .augmentation = without_augmentation({20, 30})});
  CHECK(read_epoch(resized, 0).size() == 3);
  Loader single(data, {.batch_size = 1, .order = Order::sequential});
  CHECK(read_epoch(single, 0)[4].batch.h == 21);
}

TEST_CASE("the ranks' batches put together are the batches of one process", "[sanitize]") {
  const MadeUp data(12);
  LoaderOptions options = augmented(1);
  options.remainder = Remainder::drop;
  options.batch_size = 4;
  Loader whole(data, options);
  const std::vector<Copied> want = read_epoch(whole, 1);
  options.batch_size = 2;
  options.ranks = 2;
  std::vector<std::vector<Copied>> parts;
  for (options.rank = 0; options.rank < 2; ++options.rank) {
    Loader loader(data, options);
    parts.push_back(read_epoch(loader, 1));
    REQUIRE(parts.back().size() == want.size());
  }
  for (std::size_t step = 0; step < want.size(); ++step) {
    std::vector<float> joined = parts[0][step].batch.rgb;
    const std::vector<float>& second = parts[1][step].batch.rgb;
    joined.insert(joined.end(), second.begin(), second.end());
    CHECK(joined == want[step].batch.rgb);
  }
}

TEST_CASE("the time that the consumer waits is measured", "[sanitize]") {
  MadeUp data(6);
  for (int index = 0; index < 6; ++index) data.slow.insert(index);
  Loader loader(data, {.batch_size = 1, .workers = 1});
  CHECK(loader.waited_seconds() == 0);
  read_epoch(loader, 0);
  CHECK(loader.waited_seconds() > 0.06);  // Six samples of 20 ms one after the other; half is enough to tell.
}

TEST_CASE("loader options that make no sense are refused with their values") {
  const MadeUp data(3);
  CHECK_THROWS_WITH(Loader(data, {.batch_size = 0}), Catch::Contains("batch size: expected at least 1, got 0"));
  CHECK_THROWS_WITH(Loader(data, {.workers = -1}), Catch::Contains("workers: expected at least 0, got -1"));
  CHECK_THROWS_WITH(Loader(data, {.prefetch = 0}), Catch::Contains("prefetch: expected at least 1, got 0"));
  CHECK_THROWS_WITH(Loader(data, {.batch_size = 4, .remainder = Remainder::drop}),
                    Catch::Contains("expected samples for a batch of 4 on each of 1 ranks, got 3"));
}
