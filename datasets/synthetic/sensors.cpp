// SPDX-License-Identifier: Apache-2.0
// The two cameras.
#include "datasets/synthetic/sensors.h"

#include <cmath>

#include "kernels/random.h"

namespace datasets::synthetic {
namespace {

// Separable Gaussian blur in place; the border repeats.
void blur(std::vector<float>& plane, int height, int width, double sigma) {
  if (!(sigma > 0)) return;
  const int radius = static_cast<int>(std::ceil(3 * sigma));
  std::vector<float> weights(static_cast<std::size_t>(radius) + 1);
  double sum = 0;
  for (int i = -radius; i <= radius; ++i) sum += exp_negative(0.5 * i * i / (sigma * sigma));
  for (int i = 0; i <= radius; ++i) weights[i] = static_cast<float>(exp_negative(0.5 * i * i / (sigma * sigma)) / sum);
  std::vector<float> line(static_cast<std::size_t>(width) + 2 * static_cast<std::size_t>(radius));
  for (int y = 0; y < height; ++y) {
    float* row = plane.data() + static_cast<std::size_t>(y) * width;
    for (int x = -radius; x < width + radius; ++x) line[x + radius] = row[std::clamp(x, 0, width - 1)];
    for (int x = 0; x < width; ++x) {
      const float* centre = line.data() + x + radius;
      float value = weights[0] * centre[0];
      for (int i = 1; i <= radius; ++i) value += weights[i] * (centre[-i] + centre[i]);
      row[x] = value;
    }
  }
  std::vector<float> result(plane.size());
  for (int y = 0; y < height; ++y) {
    float* out = result.data() + static_cast<std::size_t>(y) * width;
    for (int i = -radius; i <= radius; ++i) {
      const float* in = plane.data() + static_cast<std::size_t>(std::clamp(y + i, 0, height - 1)) * width;
      const float weight = weights[i < 0 ? -i : i];
      for (int x = 0; x < width; ++x) out[x] += weight * in[x];
    }
  }
  plane = std::move(result);
}

// The value below which `share` of all samples lie, to 1 / 4096 of [low, high].
float percentile(const std::vector<float>& samples, float low, float high, double share) {
  constexpr int bins = 4096;
  std::vector<int> histogram(bins, 0);
  const float scale = bins / (high - low);
  for (const float sample : samples) ++histogram[std::clamp(static_cast<int>((sample - low) * scale), 0, bins - 1)];
  const auto wanted = static_cast<std::int64_t>(share * static_cast<double>(samples.size()));
  std::int64_t seen = 0;
  int bin = 0;
  while (bin < bins - 1 && seen + histogram[bin] <= wanted) seen += histogram[bin++];
  return low + (static_cast<float>(bin) + 0.5f) / scale;
}

std::uint8_t to_byte(float share) {
  return static_cast<std::uint8_t>(clamp01(share) * 255.0f + 0.5f);
}

}  // namespace

Image8 expose(const Radiance& radiance, const Appearance& appearance, const SensorOptions& options, NoiseKey noise) {
  const int height = radiance.height, width = radiance.width;
  std::vector<float> planes[3] = {radiance.red, radiance.green, radiance.blue};
  float gain = appearance.night_gain;
  if (appearance.night) {  // The average over samples blurs by 0.35 pixels already; together 0.55.
    for (std::vector<float>& plane : planes) blur(plane, height, width, 0.42);
  } else {
    std::vector<float> luminance(planes[0].size());
    for (std::size_t i = 0; i < luminance.size(); ++i)
      luminance[i] = 0.3f * planes[0][i] + 0.6f * planes[1][i] + 0.1f * planes[2][i];
    gain = 0.62f / percentile(luminance, 0.0f, 4.0f, 0.85);
  }
  const auto scale = static_cast<float>(options.rgb_noise);
  const float read = scale * (appearance.night ? 0.020f : 0.012f), shot = scale * (appearance.night ? 0.025f : 0.010f);
  Image8 image(height, width, 3);
  for (std::size_t i = 0; i < planes[0].size(); ++i) {
    const auto bits = kernels::philox(noise.key, noise.index, i);
    for (int c = 0; c < 3; ++c) {
      const float clean = std::max(0.0f, planes[c][i] * gain);
      const float sigma = std::sqrt(read * read + shot * shot * clean);
      image.pixels[3 * i + c] = to_byte(std::sqrt(clamp01(clean + sigma * normal_of_bits(bits[c]))));
    }
  }
  return image;
}

Image<float> measure(const std::vector<float>& temperature, int height, int width, const SensorOptions& options,
                     NoiseKey noise) {
  Image<float> image(height, width, 1);
  image.pixels = temperature;
  const auto shift_x = static_cast<float>(options.thermal_shift_x),
             shift_y = static_cast<float>(options.thermal_shift_y);
  if (shift_x != 0.0f || shift_y != 0.0f)
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const float a = std::clamp(static_cast<float>(x) - shift_x, 0.0f, static_cast<float>(width - 1));
        const float b = std::clamp(static_cast<float>(y) - shift_y, 0.0f, static_cast<float>(height - 1));
        const int i = std::min(floor_int(a), width - 2), j = std::min(floor_int(b), height - 2);
        const float p = a - static_cast<float>(i), q = b - static_cast<float>(j);
        const float* top = temperature.data() + static_cast<std::size_t>(j) * width + i;
        image.at(y, x) = (top[0] * (1 - p) + top[1] * p) * (1 - q) + (top[width] * (1 - p) + top[width + 1] * p) * q;
      }
  blur(image.pixels, height, width, options.thermal_blur);
  const auto scale = static_cast<float>(options.thermal_noise);
  const std::uint32_t pattern = kernels::philox(noise.key, noise.index, ~0ull)[0];
  const float cells = 5.0f / static_cast<float>(width);  // The slow drift has five waves per width.
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const std::uint64_t i = static_cast<std::uint64_t>(y) * width + x;
      const float white = 0.12f * normal_of_bits(kernels::philox(noise.key, noise.index, i)[3]);
      const float column = 0.06f * normal_of_bits(lattice_hash(x, 0, pattern));
      const float slow =
          1.4f * (value_noise(static_cast<float>(x) * cells, static_cast<float>(y) * cells, pattern) - 0.5f);
      image.pixels[i] += scale * (white + column + slow);
    }
  return image;
}

Image16 to_counts(const Image<float>& temperature) {
  Image16 counts(temperature.height, temperature.width, 1);
  for (std::size_t i = 0; i < counts.pixels.size(); ++i)
    counts.pixels[i] = static_cast<std::uint16_t>(
        std::clamp(21800.0f + (temperature.pixels[i] + 10.0f) * (3200.0f / 55.0f) + 0.5f, 0.0f, 65535.0f));
  return counts;
}

Image8 to_grey(const Image<float>& temperature, double gain_control) {
  const auto share = static_cast<float>(gain_control);
  const float low = percentile(temperature.pixels, -60.0f, 80.0f, 0.02) - 1.0f;
  const float high = percentile(temperature.pixels, -60.0f, 80.0f, 0.995) + 1.0f;
  Image8 grey(temperature.height, temperature.width, 1);
  for (std::size_t i = 0; i < grey.pixels.size(); ++i) {
    const float value = temperature.pixels[i];
    grey.pixels[i] =
        to_byte(share * clamp01((value - low) / (high - low)) + (1.0f - share) * clamp01((value + 10.0f) / 55.0f));
  }
  return grey;
}

}  // namespace datasets::synthetic
