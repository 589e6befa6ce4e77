// SPDX-License-Identifier: Apache-2.0
// Procedural street scenes: geometry, painting, shading and cameras in this order.
#include "datasets/synthetic/scene.h"

#include "datasets/synthetic/canvas.h"
#include "datasets/synthetic/shading.h"
#include "kernels/error.h"
#include "kernels/random.h"

namespace datasets::synthetic {
namespace {

void read_out(const World& world, const Canvas& canvas, Scene& scene) {
  for (int y = 0; y < scene.fine.height; ++y)
    for (int x = 0; x < scene.fine.width; ++x) {
      const std::size_t sample = static_cast<std::size_t>(2 * y) * canvas.width + 2 * static_cast<std::size_t>(x);
      const std::uint16_t number = canvas.label[sample];
      if (number != 0) {
        const Surface& surface = world.surfaces[number - 1u];
        scene.fine.at(y, x) = static_cast<std::uint8_t>(surface.label);
        scene.instance.at(y, x) = world.objects[surface.object].instance;
      }
      const float inverse = canvas.inverse_depth[sample];
      scene.depth.at(y, x) = inverse * farthest_depth > 1.0f ? 1.0f / inverse : farthest_depth;
    }
}

}  // namespace

Scene render(std::uint64_t seed, std::uint64_t index, TimeOfDay time, const SceneOptions& options) {
  const int height = options.height, width = options.width;
  if (time == TimeOfDay::unknown) throw kernels::UsageError("street scene: expected day or night, got an unknown time");
  if (height < smallest_side || width < smallest_side)
    throw kernels::UsageError("street scene: expected a size of at least {0} x {0}, got {1} x {2}", smallest_side,
                              height, width);

  const World world = make_world(seed, index, options.geometry);
  const Appearance appearance = make_appearance(world, seed, index, options.variant, time, options.appearance);

  // Two samples per pixel and axis; sample 2 p is the centre of pixel p.
  Pinhole pinhole;
  pinhole.focal_x = pinhole.focal_y = 2 * 0.8 * width;
  pinhole.centre_x = width - 1;
  pinhole.centre_y = 2.0 * static_cast<double>(world.horizon) * height;
  Canvas canvas(2 * height, 2 * width);
  paint(world, pinhole, canvas);
  const std::vector<std::uint8_t> shadows =
      paint_shadows(world, pinhole, canvas.height, canvas.width, appearance.sun_direction);
  const Radiance radiance = shade(world, appearance, pinhole, canvas, shadows);

  Scene scene;
  scene.time = time;
  scene.fine = LabelMap(height, width, 1, static_cast<std::uint8_t>(FineClass::sky));
  scene.instance = Image16(height, width, 1);
  scene.depth = Image<float>(height, width, 1);
  read_out(world, canvas, scene);
  const NoiseKey noise{kernels::stream_key(seed, appearance.night ? "synthetic night noise" : "synthetic day noise"),
                       index | (static_cast<std::uint64_t>(options.variant) << 32)};
  scene.rgb = expose(radiance, appearance, options.sensors, noise);
  scene.temperature = measure(radiance.temperature, height, width, options.sensors, noise);
  scene.thermal16 = to_counts(scene.temperature);
  scene.thermal = to_grey(scene.temperature, options.sensors.thermal_gain_control);
  return scene;
}

}  // namespace datasets::synthetic
