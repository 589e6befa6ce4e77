// SPDX-License-Identifier: Apache-2.0
// Street scenes seen by a rig of a colour and a thermal camera that are not registered: data with known truth for
// calibration. The thermal image is rendered by a viewing ray of its own for every sample, through the inverse of the
// lens distortion, so that it shares no step with a method that warps it onto the colour image.
#pragma once

#include <array>
#include <cstdint>

#include "datasets/synthetic/scene.h"

namespace datasets::synthetic {

// Pixels; centres of pixels at integer coordinates.
struct CameraMatrix {
  double focal_x, focal_y, centre_x, centre_y;
};

// Radial and tangential distortion of normalised coordinates (the model of OpenCV and Kalibr), ideal to distorted:
// x_d = x g + 2 p1 x y + p2 (r^2 + 2 x^2), y_d = y g + p1 (r^2 + 2 y^2) + 2 p2 x y, g = 1 + k1 r^2 + k2 r^4.
struct Distortion {
  double k1, k2, p1, p2;
};

// A point X of the colour camera is R X + translation for the thermal camera, R the rotation by the vector `rotation`
// (axis times angle, radians); metres.
struct RigPose {
  std::array<double, 3> translation, rotation;
};

// The defaults are the rig of the Freiburg Thermal data set as its checkerboard calibration found it (Vertens et al.,
// IROS 2020).
struct Rig {
  int rgb_height = 650, rgb_width = 1920;
  CameraMatrix rgb = {1017.8, 1016.6, 969.3, 300.1};
  int thermal_height = 512, thermal_width = 640;
  CameraMatrix thermal = {508.4, 508.3, 313.5, 250.8};
  Distortion distortion = {-0.4330, 0.1871, 0.0020, 0.00035};
  RigPose pose = {{-0.06150, 0.00099, 0.01371}, {-0.02336, 0.01038, -0.01299}};
};

// The rig with images 1 / divisor of the size: c becomes (c + 1/2) / divisor - 1/2; sizes are rounded down.
Rig reduced(const Rig& rig, int divisor);

struct RigScene {
  Image8 rgb;                  // rgb_height x rgb_width, 3 channels.
  Image<float> depth;          // Of the colour image, metres along its axis; 80 m for the sky.
  Image8 thermal;              // thermal_height x thermal_width: raw, distorted, not registered.
  Image16 thermal16;           // The same as counts (scene.h).
  Image<float> thermal_depth;  // Metres along the thermal camera's axis.
};

// `options.height` and `options.width` are not used. Scenes get boxes with printed and warm patches 3 to 15 m ahead,
// unless `options.geometry.crates` asks for a number of its own. Throws UsageError for an unknown time or images below
// 16 x 16.
RigScene render_rig(std::uint64_t seed, std::uint64_t index, TimeOfDay time, const Rig& rig,
                    const SceneOptions& options = {});

// Distorted coordinates back to ideal ones (Newton's method, to double precision inside the image of a usual lens).
std::array<double, 2> undistort(const Distortion& distortion, double x_distorted, double y_distorted);

// The matrix of a rotation vector shorter than 1, row by row.
std::array<double, 9> rotation_matrix(const std::array<double, 3>& rotation);

}  // namespace datasets::synthetic
