// SPDX-License-Identifier: Apache-2.0
#include "kernels/gradient_clip.h"

#include <array>
#include <cmath>

#include "kernels/cpu/stretches.h"

namespace kernels::cpu {

namespace {

struct Piece {
  const float* data;
  std::int64_t count;
};

// Several sums side by side, so that the compiler vectorises the loop without changing the order of any of them.
double sum_of_squares(const Piece& piece) {
  std::array<double, 8> sums{};
  const std::int64_t whole = piece.count / 8 * 8;
  for (std::int64_t i = 0; i < whole; i += 8)
    for (std::size_t lane = 0; lane < 8; ++lane) {
      const auto value = static_cast<double>(piece.data[i + static_cast<std::int64_t>(lane)]);
      sums[lane] += value * value;
    }
  for (std::int64_t i = whole; i < piece.count; ++i) {
    const auto value = static_cast<double>(piece.data[i]);
    sums[0] += value * value;
  }
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

template <class Change>
void change_all(Queue& queue, std::span<const View> tensors, Change&& change) {
  const auto count = [&](std::size_t i) {
    return tensors[i].elements();
  };
  for_each_stretch(queue, tensors.size(), count, [&](std::size_t index, std::int64_t begin, std::int64_t end) {
    float* values = tensors[index].as<float>();
    for (std::int64_t i = begin; i < end; ++i) values[i] = change(values[i]);
  });
}

}  // namespace

void global_norm(Queue& queue, std::span<const ConstView> tensors, View norm) {
  constexpr std::int64_t longest = 1 << 14;
  std::vector<Piece> pieces;
  for (const ConstView& tensor : tensors)
    for (std::int64_t begin = 0; begin < tensor.elements(); begin += longest)
      pieces.push_back({tensor.as<float>() + begin, std::min(longest, tensor.elements() - begin)});
  std::vector<double> sums(pieces.size());
  parallel_for(queue, static_cast<std::int64_t>(pieces.size()), 4, [&](std::int64_t first, std::int64_t last) {
    for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i)
      sums[i] = sum_of_squares(pieces[i]);
  });
  double squares = 0;
  for (const double sum : sums) squares += sum;
  norm.as<double>()[0] = std::sqrt(squares);
}

void clip_to_norm(Queue& queue, double limit, ConstView norm, std::span<const View> tensors) {
  const auto factor = static_cast<float>(limit / (norm.as<double>()[0] + 1e-6));
  if (factor >= 1) return;  // Not where it is NaN: that must show.
  change_all(queue, tensors, [=](float value) { return value * factor; });
}

void clip_to_value(Queue& queue, double limit, std::span<const View> tensors) {
  const auto most = static_cast<float>(limit);
  change_all(queue, tensors, [=](float value) {
    const float bounded = value > most ? most : value;
    return bounded < -most ? -most : bounded;
  });
}

}  // namespace kernels::cpu
