// SPDX-License-Identifier: Apache-2.0
// The check of a data set as one self-contained page, with thumbnails of what is suspicious.
#pragma once

#include <filesystem>
#include <string>

#include "train/data_check.h"

namespace train {

// Colour, thermal and label of a finding side by side; what could not be read is a grey field with its name, and pixels
// out of range are magenta, the first of them ringed.
datasets::Image8 thumbnail(const DataCheck& check, const Finding& finding);

// At most `most_thumbnails` are shown; every problem is listed.
std::string data_report_html(const DataCheck& check, int most_thumbnails = 40);

// The page appears whole or not at all. Throws FileError.
void write_data_report(const std::filesystem::path& path, const DataCheck& check);

}  // namespace train
