// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/weights.h"

#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"
#include "tests/support/temporary_folder.h"

using namespace test;
using Catch::Matchers::Contains;
using engine::nn::Initialisation;
using engine::nn::ParameterStore;
using engine::nn::StateEntry;

namespace {

// A store with one parameter "positions" of these numbers.
void keep_positions(ParameterStore& store, const std::vector<double>& values, const Shape& shape,
                    StateEntry::Rows rows) {
  const Tensor positions = store.root().parameter("positions", shape, Initialisation::constant(0), rows);
  engine::copy_into(engine::from_host(std::span<const double>(values), shape, DType::f64, store.queue()), positions);
}

std::vector<double> loaded(const Shape& from, const std::vector<double>& values, const Shape& to,
                           StateEntry::Rows rows) {
  const TemporaryFolder folder;
  ParameterStore written(reference_queue()), read(reference_queue());
  keep_positions(written, values, from, rows);
  engine::nn::save_weights(written, folder / "weights.safetensors");
  keep_positions(read, std::vector<double>(static_cast<std::size_t>(to.elements()), 7), to, rows);
  engine::nn::load_weights(read, folder / "weights.safetensors");
  return engine::download(read.find("positions")->tensor);
}

constexpr auto resampled = StateEntry::Rows::resampled;

}  // namespace

TEST_CASE("weights: rows of positions are resampled between the centres of their places", "[sanitize]") {
  // Twice as many: a quarter and three quarters of the way; the outer ones repeat.
  CHECK(loaded({2, 3}, {0, 10, 20, 4, 30, 40}, {4, 3}, resampled) ==
        std::vector<double>{0, 10, 20, 1, 15, 25, 3, 25, 35, 4, 30, 40});
  // Half as many: the mean of two.
  CHECK(loaded({4, 1}, {0, 2, 6, 12}, {2, 1}, resampled) == std::vector<double>{1, 9});
  // A single place serves all.
  CHECK(loaded({1, 2}, {3, 5}, {3, 2}, resampled) == std::vector<double>{3, 5, 3, 5, 3, 5});
  // The same size stays as it is.
  CHECK(loaded({2, 1}, {0.1, 0.3}, {2, 1}, resampled) == std::vector<double>{0.1, 0.3});
}

TEST_CASE("weights: other shapes are refused, and so are positions with other channels", "[sanitize]") {
  CHECK_THROWS_WITH(loaded({2, 3}, {1, 2, 3, 4, 5, 6}, {4, 3}, StateEntry::Rows::fixed),
                    Contains("positions: the network has [4, 3], the file [2, 3]"));
  CHECK_THROWS_WITH(loaded({2, 3}, {1, 2, 3, 4, 5, 6}, {2, 2}, resampled),
                    Contains("positions: the network has [2, 2], the file [2, 3]"));
}
