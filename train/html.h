// SPDX-License-Identifier: Apache-2.0
// The pieces that pages for people are made of: everything inside one file, no scripts, no links to elsewhere.
#pragma once

#include <string>
#include <string_view>

#include "datasets/dataset.h"
#include "datasets/image.h"

namespace train {

// From the doctype to the heading of the page, and the end of the page.
std::string html_head(const std::string& title);
std::string html_foot();

std::string escaped(std::string_view text);

// The image as PNG inside the page.
std::string image_tag(const datasets::Image8& image, const std::string& description);

// A class's colour and its name.
std::string swatch(const datasets::ClassInfo& info);

// A large number and what it means.
std::string card(const std::string& number, const std::string& meaning);

}  // namespace train
