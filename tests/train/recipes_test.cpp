// SPDX-License-Identifier: Apache-2.0
#include "train/recipes.h"

#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;
using Catch::Matchers::Contains;

namespace {

std::unique_ptr<train::Recipe> open(const std::string& name, const std::vector<std::string>& pairs = {},
                                    const train::RecipeOptions& options = {
                                        .network = {.width = 0.125},
                                        .without_teacher = train::RecipeOptions::WithoutTeacher::absent}) {
  train::Settings settings(pairs);
  return train::open_recipe(name, options, settings, queue_of(DeviceKind::cpu), 3);
}

}  // namespace

TEST_CASE("every recipe by name has state, optimizers and a network", "[sanitize]") {
  REQUIRE_FALSE(train::recipe_names().empty());
  for (const std::string& name : train::recipe_names()) {
    INFO(name);
    const auto recipe = open(name);
    CHECK_FALSE(recipe->state().parameters().empty());
    REQUIRE_FALSE(recipe->optimizers().empty());
    CHECK(recipe->model().size_multiple() >= 1);
  }
}

TEST_CASE("an unknown recipe is refused with the names that exist", "[sanitize]") {
  CHECK_THROWS_AS(open("unsupervised"), kernels::UsageError);
  CHECK_THROWS_WITH(open("unsupervised"), Contains("--recipe unsupervised") && Contains("there are supervised"));
}

TEST_CASE("a setting that the recipe does not know is refused", "[sanitize]") {
  CHECK_THROWS_AS(open("supervised", {"temperature=3"}), kernels::UsageError);
  CHECK_THROWS_WITH(open("supervised", {"temperature=3"}), Contains("temperature"));
}

TEST_CASE("class weights that do not fit the classes are refused with both numbers", "[sanitize]") {
  CHECK_THROWS_WITH(open("supervised", {}, {.network = {.width = 0.125}, .class_weights = {1, 2}}),
                    Contains("2 weights for 9 classes"));
}
