// SPDX-License-Identifier: Apache-2.0
#include "train/registration.h"

#include "kernels/error.h"

namespace train {

namespace {

constexpr const char* needed =
    "colour and thermal must show the same pixels; warping one to the other needs --calibration FILE and --depth DIR "
    "or --plane-depth METRES";

}  // namespace

void RegistrationFlags::add_to(CLI::App& app) {
  app.add_flag("--unregistered", unregistered,
               "Colour and thermal do not show the same pixels, even where their sizes are equal: refused without "
               "--calibration and a depth");
  auto* by_calibration = app.add_option("--calibration", calibration,
                                        "Calibration of both cameras, to warp unregistered pairs (not in this version)")
                             ->check(CLI::ExistingFile);
  auto* by_depth = app.add_option("--depth", depth, "Folder of depth images, for --calibration (not in this version)")
                       ->check(CLI::ExistingDirectory);
  app.add_option("--plane-depth", plane_depth,
                 "One depth in metres for everything in sight, for --calibration (not in this version)")
      ->excludes(by_depth)
      ->needs(by_calibration);
  by_depth->needs(by_calibration);
}

void RegistrationFlags::require_registered() const {
  if (plane_depth && !(*plane_depth > 0))
    throw kernels::UsageError("--plane-depth {}: expected metres above 0", *plane_depth);
  if (!calibration.empty()) {
    if (depth.empty() && !plane_depth)
      throw kernels::UsageError("--calibration {}: expected --depth DIR or --plane-depth METRES with it",
                                calibration.string());
    throw kernels::UsageError(
        "--calibration {}: warping is not in this version; expected pairs that are registered already",
        calibration.string());
  }
  if (unregistered) throw kernels::UsageError("--unregistered: {}", needed);
}

void RegistrationFlags::require_registered(const datasets::Dataset& dataset, const std::filesystem::path& where) const {
  require_registered();
  if (!dataset.registered())
    throw kernels::DataError("{}: {}: registered = false: {}", dataset.name(), where.string(), needed);
}

}  // namespace train
