// SPDX-License-Identifier: Apache-2.0
#include "train/registration.h"

#include "datasets/folder.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/own_data.h"
#include "tests/support/temporary_folder.h"

using Catch::Matchers::Contains;
using train::RegistrationFlags;

TEST_CASE("registration: pairs that are said to be unregistered are refused with what they need", "[sanitize]") {
  CHECK_NOTHROW(RegistrationFlags{}.require_registered());
  CHECK_THROWS_AS(RegistrationFlags{.unregistered = true}.require_registered(), kernels::UsageError);
  CHECK_THROWS_WITH(RegistrationFlags{.unregistered = true}.require_registered(),
                    Contains("--unregistered: colour and thermal must show the same pixels") &&
                        Contains("--calibration FILE") && Contains("--plane-depth METRES"));
}

TEST_CASE("registration: a calibration needs a depth, and with one it is said that nothing is warped", "[sanitize]") {
  CHECK_THROWS_WITH(RegistrationFlags{.calibration = "c.toml"}.require_registered(),
                    "--calibration c.toml: expected --depth DIR or --plane-depth METRES with it");
  for (const RegistrationFlags& flags :
       {RegistrationFlags{.calibration = "c.toml", .depth = "d"},
        RegistrationFlags{.unregistered = true, .calibration = "c.toml", .plane_depth = 12.5}}) {
    CHECK_THROWS_AS(flags.require_registered(), kernels::UsageError);
    CHECK_THROWS_WITH(flags.require_registered(), Contains("--calibration c.toml: warping is not in this version"));
  }
}

TEST_CASE("registration: a data set that declares itself unregistered is refused, and does not load", "[sanitize]") {
  const test::TemporaryFolder folder;
  test::write_own_data(folder.path(), {.pairs = 2});
  const std::string images = "[rgb]\nfiles = \"visible/*.png\"\n[thermal]\nfiles = \"infrared/*_ir.png\"\nbits = 16\n";
  test::write_text(folder / "dataset.toml", "registered = false\n" + images);
  test::write_text(folder / "registered.toml", images);
  const datasets::FolderDataset declared({folder.path(), "all", datasets::LabelPolicy::optional});
  CHECK_FALSE(declared.registered());
  CHECK_THROWS_AS(RegistrationFlags{}.require_registered(declared, folder.path()), kernels::DataError);
  CHECK_THROWS_WITH(RegistrationFlags{}.require_registered(declared, folder.path()),
                    Contains(folder.path().string() + ": registered = false") && Contains("--calibration"));
  CHECK_THROWS_WITH(declared.load(0), Contains("frame_001_ir.png: registered = false in its description"));
  const datasets::FolderDataset registered({folder / "registered.toml", "all", datasets::LabelPolicy::optional});
  CHECK(registered.registered());
  CHECK_NOTHROW(RegistrationFlags{}.require_registered(registered, folder.path()));
  CHECK(registered.load(0).name == "frame_001");
}
