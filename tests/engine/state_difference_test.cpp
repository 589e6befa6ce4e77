// SPDX-License-Identifier: Apache-2.0
// What does not fit a network is named, with the nearest name, and nothing is loaded.
#include "engine/nn/state_difference.h"

#include <limits>

#include "engine/nn/weights.h"
#include "kernels/error.h"
#include "tests/support/catch.h"

namespace {

using engine::FileDType;
using engine::TensorFile;
using engine::nn::edit_distance;
using engine::nn::ParameterStore;

// Files of zeros that live as long as this.
struct File {
  std::vector<float> values = std::vector<float>(64, 0.0f);
  TensorFile file{"weights.pth"};

  File& add(const std::string& name, std::vector<std::int64_t> shape, FileDType dtype = FileDType::f32) {
    const std::size_t bytes = *byte_count(shape, dtype);
    const auto* data = reinterpret_cast<const std::byte*>(values.data());
    file.add({.name = name, .dtype = dtype, .shape = std::move(shape), .data = data, .bytes = bytes});
    return *this;
  }
};

ParameterStore small_network() {
  ParameterStore store(std::make_shared<kernels::Queue>(kernels::parse_device("cpu")));
  store.add_parameter("conv1.weight", {2, 3, 1, 5}, {});
  store.add_parameter("bn1.weight", {2}, {});
  store.add_counter("bn1.num_batches_tracked");
  return store;
}

TEST_CASE("the edit distance counts inserted, removed and replaced letters", "[sanitize]") {
  CHECK(edit_distance("", "", 9) == 0);
  CHECK(edit_distance("conv1", "conv1", 9) == 0);
  CHECK(edit_distance("conv1", "conv12", 9) == 1);
  CHECK(edit_distance("conv1", "onv2", 9) == 2);
  CHECK(edit_distance("kitten", "sitting", 9) == 3);
  CHECK(edit_distance("kitten", "sitting", 1) > 1);
  CHECK(edit_distance("a", "abcdef", 2) > 2);
}

TEST_CASE("a file of another network is refused with every difference, and nothing is loaded", "[sanitize]") {
  ParameterStore store = small_network();
  const std::vector<double> before = download(store.entries()[1].tensor);
  File mine;
  mine.add("conv1_.weight", {2, 3, 1, 5}).add("bn1.weight", {4}).add("fc.bias", {3}).add("optimizer/x", {1});
  const auto difference = compare_state(store, mine.file);
  REQUIRE(difference.missing.size() == 1);
  CHECK(difference.missing[0].name == "conv1.weight");
  CHECK(difference.missing[0].nearest == "conv1_.weight");
  CHECK(difference.unexpected == std::vector<std::string>{"conv1_.weight", "fc.bias"});
  REQUIRE(difference.misshaped.size() == 1);
  CHECK(difference.text(10) ==
        "1 missing, 2 unexpected, 1 of another shape\nmissing:\n  conv1.weight (the file has conv1_.weight)\n"
        "unexpected:\n  conv1_.weight\n  fc.bias\nof another shape:\n  bn1.weight: the network has [2], the file [4]");
  CHECK(difference.text(1).find("conv1_.weight\n  and 1 more") != std::string::npos);
  CHECK_THROWS_AS(load_weights(store, mine.file), kernels::CheckpointError);
  CHECK_THROWS_WITH(load_weights(store, mine.file),
                    Catch::Contains("weights.pth: does not fit the network: 1 missing"));
  CHECK(download(store.entries()[1].tensor) == before);
}

TEST_CASE("weights that are not finite and counters that are no integers are refused", "[sanitize]") {
  ParameterStore store = small_network();
  File mine;
  mine.add("conv1.weight", {2, 3, 1, 5}).add("bn1.weight", {2});
  load_weights(store, mine.file);
  CHECK(download(store.entries()[1].tensor) == std::vector<double>{0, 0});
  mine.values[7] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(load_weights(store, mine.file),
                    Catch::Contains("'conv1.weight'") && Catch::Contains("value 7 of 30 is not finite"));
  mine.values[7] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(load_weights(store, mine.file), kernels::CheckpointError);
  mine.values[7] = 0;
  mine.add("bn1.num_batches_tracked", {}, FileDType::f32);
  CHECK_THROWS_WITH(load_weights(store, mine.file), Catch::Contains("num_batches_tracked") && Catch::Contains("F32"));
}

TEST_CASE("values that are not finite are found in every floating type", "[sanitize]") {
  const auto place = [](FileDType dtype, const auto& values) {
    const auto raw = std::as_bytes(std::span(values));
    return engine::first_not_finite({.name = "x",
                                     .dtype = dtype,
                                     .shape = {static_cast<std::int64_t>(values.size())},
                                     .data = raw.data(),
                                     .bytes = raw.size()});
  };
  CHECK_FALSE(place(FileDType::f64, std::vector<double>{1e308, -0.0}));
  CHECK(place(FileDType::f64, std::vector<double>{1, -std::numeric_limits<double>::infinity()}) == 1);
  CHECK_FALSE(place(FileDType::f32, std::vector<float>{3e38f}));
  CHECK(place(FileDType::f32, std::vector<float>{std::numeric_limits<float>::quiet_NaN(), 1}) == 0);
  CHECK_FALSE(place(FileDType::f16, std::vector<std::uint16_t>{0x7BFF, 0x8000}));
  CHECK(place(FileDType::f16, std::vector<std::uint16_t>{0, 0, 0xFC00}) == 2);
  CHECK_FALSE(place(FileDType::bf16, std::vector<std::uint16_t>{0x7F7F}));
  CHECK(place(FileDType::bf16, std::vector<std::uint16_t>{0x7FC0}) == 0);
  CHECK_FALSE(place(FileDType::i64, std::vector<std::int64_t>{-1}));
}

}  // namespace
