// SPDX-License-Identifier: Apache-2.0
#include "train/windows.h"

#include <numeric>
#include <set>

#include "tests/support/catch.h"

using train::Blender;
using train::window_begins;
using train::window_weights;

namespace {

struct Case {
  kernels::Size2 image, window, overlap;
};
const std::vector<Case> cases = {
    {{37, 53}, {37, 53}, {0, 0}},  {{37, 53}, {16, 24}, {4, 6}}, {{37, 53}, {16, 24}, {0, 0}},
    {{37, 53}, {37, 20}, {9, 15}}, {{37, 53}, {10, 53}, {9, 2}}, {{5, 7}, {1, 1}, {0, 0}},
    {{64, 48}, {48, 47}, {12, 1}}, {{100, 3}, {33, 2}, {32, 1}},
};

std::string text(const Case& each) {
  return fmt::format("image {}x{}, window {}x{}, overlap {} and {}", each.image.h, each.image.w, each.window.h,
                     each.window.w, each.overlap.h, each.overlap.w);
}

// What each window sees: probabilities by class, and place in the image.
template <class Seen>
std::vector<float> blend(const Case& each, int classes, const Seen& seen) {
  const auto height = static_cast<std::size_t>(each.image.h), width = static_cast<std::size_t>(each.image.w);
  std::vector<float> result(static_cast<std::size_t>(classes) * height * width, -1);
  int next = 0;
  Blender blender({each.image, each.window, each.overlap}, classes, [&](int y, std::span<const float> planes) {
    REQUIRE(y == next++);
    REQUIRE(planes.size() == static_cast<std::size_t>(classes) * width);
    for (std::size_t c = 0; c < static_cast<std::size_t>(classes); ++c)
      std::copy_n(planes.data() + c * width, width, result.data() + (c * height + static_cast<std::size_t>(y)) * width);
  });
  for (const int y : window_begins(each.image.h, each.window.h, each.overlap.h))
    for (const int x : window_begins(each.image.w, each.window.w, each.overlap.w)) {
      std::vector<float> planes;
      for (int c = 0; c < classes; ++c)
        for (int row = 0; row < each.window.h; ++row)
          for (int column = 0; column < each.window.w; ++column) planes.push_back(seen(c, y + row, x + column, x, y));
      blender.add(y, x, planes);
    }
  blender.finish();
  CHECK(next == each.image.h);
  return result;
}

}  // namespace

TEST_CASE("windows cover a side, end at its last pixel, and overlap as asked", "[sanitize]") {
  for (int side = 1; side <= 40; ++side)
    for (int window = 1; window <= side; ++window)
      for (int overlap = 0; overlap < window; ++overlap) {
        INFO("side " << side << ", window " << window << ", overlap " << overlap);
        const std::vector<int> begins = window_begins(side, window, overlap);
        REQUIRE(begins.front() == 0);
        REQUIRE(begins.back() == side - window);
        for (std::size_t i = 1; i < begins.size(); ++i) {
          REQUIRE(begins[i] > begins[i - 1]);
          REQUIRE(begins[i - 1] + window - begins[i] >= overlap);
        }
        // One window fewer could not do it.
        const int reach = window + (static_cast<int>(begins.size()) - 2) * (window - overlap);
        REQUIRE((begins.size() == 1 || reach < side));
        const int shared = train::shared_pixels(side, window, overlap);
        REQUIRE(shared >= overlap);
        REQUIRE(shared < window);
        const std::vector<int> again = window_begins(side, window, shared);
        REQUIRE(again.size() <= begins.size());
        REQUIRE(train::shared_pixels(side, window, shared) == shared);
      }
  CHECK(window_begins(30, 40, 3) == std::vector<int>{0});
}

TEST_CASE("weights of neighbouring windows sum to one over their overlap", "[sanitize]") {
  const int window = 24;
  for (const int overlap : {1, 5, 6, 12}) {
    const std::vector<float> weights = window_weights(window, overlap);
    for (int i = 0; i < overlap; ++i) {
      INFO("overlap " << overlap << ", pixel " << i);
      const float entering = weights[static_cast<std::size_t>(i)];
      CHECK(entering > 0);
      CHECK(entering + weights[static_cast<std::size_t>(window - overlap + i)] == Approx(1).epsilon(1e-6));
    }
    for (int i = overlap; i < window - overlap; ++i) CHECK(weights[static_cast<std::size_t>(i)] == 1);
    CHECK(std::equal(weights.begin(), weights.end(), weights.rbegin()));
  }
  CHECK(window_weights(3, 0) == std::vector<float>{1, 1, 1});
}

TEST_CASE("where all windows agree the blend is what they see, bit for bit", "[sanitize]") {
  const auto seen = [](int c, int y, int x, int, int) {
    return static_cast<float>((c * 7919 + y * 613 + x * 37) % 1009) / 1009.0f;
  };
  for (const Case& each : cases) {
    INFO(text(each));
    const std::vector<float> blended = blend(each, 3, seen);
    std::size_t wrong = 0, at = 0;
    for (int c = 0; c < 3; ++c)
      for (int y = 0; y < each.image.h; ++y)
        for (int x = 0; x < each.image.w; ++x) wrong += blended[at++] != seen(c, y, x, 0, 0);
    CHECK(wrong == 0);
  }
  const std::vector<float> constant = blend(cases[1], 2, [](int c, int, int, int, int) { return c ? 0.7f : 0.3f; });
  CHECK(std::set<float>(constant.begin(), constant.end()) == std::set<float>{0.3f, 0.7f});
}

TEST_CASE("where windows differ the blend passes from one to the next without a step", "[sanitize]") {
  const Case each{{6, 90}, {6, 40}, {0, 20}};
  const std::vector<int> begins = window_begins(90, 40, 20);
  REQUIRE(begins.size() == 4);
  // Every window sees its own first column as its probability.
  const std::vector<float> blended =
      blend(each, 1, [](int, int, int, int begin, int) { return static_cast<float>(begin) / 50; });
  for (int x = 1; x < 90; ++x) {
    const float step = blended[static_cast<std::size_t>(x)] - blended[static_cast<std::size_t>(x - 1)];
    INFO("x " << x);
    CHECK(step > -1e-6f);
    CHECK(step < 0.035f);  // A seam would be a step of a third.
  }
  CHECK(blended[0] == 0);
  CHECK(blended[89] == Approx(1));
}

TEST_CASE("the blend is the weighted mean of all windows at a pixel", "[sanitize]") {
  for (const Case& each : cases) {
    INFO(text(each));
    const auto seen = [](int c, int y, int x, int left, int top) {
      return static_cast<float>((c * 31 + y * 17 + x * 13 + left * 101 + top * 57) % 97) / 97.0f;
    };
    const std::vector<float> blended = blend(each, 2, seen);
    const auto rows = window_weights(each.window.h, each.overlap.h),
               columns = window_weights(each.window.w, each.overlap.w);
    double worst = 0;
    std::size_t at = 0;
    for (int c = 0; c < 2; ++c)
      for (int y = 0; y < each.image.h; ++y)
        for (int x = 0; x < each.image.w; ++x, ++at) {
          double sum = 0, total = 0;
          for (const int top : window_begins(each.image.h, each.window.h, each.overlap.h))
            for (const int left : window_begins(each.image.w, each.window.w, each.overlap.w)) {
              if (y < top || y >= top + each.window.h || x < left || x >= left + each.window.w) continue;
              const double weight = static_cast<double>(rows[static_cast<std::size_t>(y - top)]) *
                                    static_cast<double>(columns[static_cast<std::size_t>(x - left)]);
              total += weight;
              sum += weight * static_cast<double>(seen(c, y, x, left, top));
            }
          worst = std::max(worst, std::abs(sum / total - static_cast<double>(blended[at])));
        }
    CHECK(worst < 1e-6);
  }
}
