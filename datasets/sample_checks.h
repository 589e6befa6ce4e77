// SPDX-License-Identifier: Apache-2.0
// What every data set must refuse while it reads a sample, with messages that name the file, the place and the value.
#pragma once

#include <bitset>
#include <filesystem>
#include <optional>
#include <string>

#include "datasets/image.h"

namespace datasets {

// Throws DataError where two files of a sample differ in size; the message ends with `remark`.
template <class A, class B>
void require_same_size(const std::filesystem::path& path, const Image<A>& image,
                       const std::filesystem::path& other_path, const Image<B>& other, const char* remark = "");

// What to do where the two files are thermal and colour.
inline constexpr const char* unregistered_remark =
    "; colour and thermal must show the same pixels, and warping one to the other needs a calibration and a depth";

// Throws DataError that names the first pixel, in reading order, whose value is not `known`, the number of such pixels,
// and their values. `expected` says what is known.
void require_label_values(const std::filesystem::path& path, const LabelMap& label, const std::bitset<256>& known,
                          const std::string& expected);

// The same where an id is neither below `classes` nor `ignored`.
void require_class_ids(const std::filesystem::path& path, const LabelMap& label, int classes,
                       std::optional<int> ignored = {});

namespace detail {
[[noreturn]] void sizes_differ(const std::filesystem::path& path, int height, int width,
                               const std::filesystem::path& other_path, int other_height, int other_width,
                               const char* remark);
}

template <class A, class B>
void require_same_size(const std::filesystem::path& path, const Image<A>& image,
                       const std::filesystem::path& other_path, const Image<B>& other, const char* remark) {
  if (image.height != other.height || image.width != other.width)
    detail::sizes_differ(path, image.height, image.width, other_path, other.height, other.width, remark);
}

}  // namespace datasets
