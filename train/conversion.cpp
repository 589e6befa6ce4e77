// SPDX-License-Identifier: Apache-2.0
#include "train/conversion.h"

#include <fmt/ranges.h>

#include "engine/formats/printable.h"
#include "engine/formats/weight_file.h"
#include "engine/nn/state_difference.h"
#include "engine/nn/weights.h"
#include "kernels/error.h"
#include "train/imagenet_stem.h"
#include "train/network.h"

namespace train {
namespace {

using engine::TensorToWrite;

enum class Format { safetensors, pth };

Format format_of(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".safetensors") return Format::safetensors;
  if (extension == ".pth" || extension == ".pt") return Format::pth;
  throw kernels::UsageError("{}: expected a name that ends in .safetensors, .pth or .pt", path.string());
}

void write(const std::filesystem::path& path, const std::vector<TensorToWrite>& tensors) {
  if (format_of(path) == Format::pth)
    engine::write_pth(path, tensors);
  else
    engine::write_safetensors(path, tensors, {{"format", "pt"}});  // By custom: names and layout are PyTorch's.
}

TensorToWrite to_write(const engine::TensorRecord& record) {
  return {record.name, record.dtype, record.shape, {record.data, record.bytes}};
}

std::unique_ptr<Network> open_model(const ConversionOptions& options) {
  return open_network(options.model, options.network, std::make_shared<kernels::Queue>(kernels::Device{}),
                      options.seed);
}

void convert_every_part(const ConversionOptions& options) {
  std::vector<TensorToWrite> tensors;
  if (!engine::is_pth(options.in)) {
    const auto file = engine::SafetensorsFile::open(options.in);
    for (const engine::TensorRecord& record : file.records()) tensors.push_back(to_write(record));
    return write(options.out, tensors);
  }
  const engine::PthFile file = engine::PthFile::open(options.in);
  for (const engine::PthPart& part : file.parts)
    for (const engine::TensorRecord& record : part.tensors) {
      tensors.push_back(to_write(record));
      if (!part.path.empty()) tensors.back().name = part.path + "." + record.name;
    }
  write(options.out, tensors);
}

void convert_resnet(const ConversionOptions& options) {
  const int depth = resnet_depth(options.stem);
  if (options.channels == 0 && options.model.empty())
    throw kernels::UsageError("--stem {}: --channels or --model is required", options.stem);
  if (options.channels != 0 && !options.model.empty())
    throw kernels::UsageError("--channels {}: --model {} says by itself what its stems see", options.channels,
                              options.model);
  const engine::TensorFile file = engine::open_weight_file(options.in, options.part);
  std::vector<engine::OwnedTensor> state;
  if (options.model.empty()) {
    state = convert_stem(file, depth, options.channels);
  } else {
    const auto network = open_model(options);
    fill_encoders(network->store, file, depth);
    state = saved_state(network->store);
  }
  write(options.out, views(state));
}

std::string tensor_line(const std::string& name, const engine::TensorRecord& record) {
  return fmt::format("{:<60} {:<5} [{}] {} bytes\n", engine::printable(name), name_of(record.dtype),
                     fmt::join(record.shape, ", "), record.bytes);
}

}  // namespace

void convert(const ConversionOptions& options) {
  format_of(options.out);  // Before anything is read.
  if (!options.stem.empty()) return convert_resnet(options);
  if (options.channels != 0) throw kernels::UsageError("--channels {}: needs --stem", options.channels);
  if (options.every_part) return convert_every_part(options);
  const engine::TensorFile file = engine::open_weight_file(options.in, options.part);
  if (!options.model.empty()) engine::nn::check_weights(open_model(options)->store, file);
  std::vector<TensorToWrite> tensors;
  for (const engine::TensorRecord& record : file.records()) tensors.push_back(to_write(record));
  write(options.out, tensors);
}

std::string list_contents(const std::filesystem::path& path) {
  std::string text;
  if (!engine::is_pth(path)) {
    const auto file = engine::SafetensorsFile::open(path);
    for (const engine::TensorRecord& record : file.records()) text += tensor_line(record.name, record);
    for (const auto& [key, value] : file.metadata())
      text += fmt::format("{} = {}\n", engine::printable(key), engine::printable(value));
    return text;
  }
  const engine::PthFile file = engine::PthFile::open(path);
  for (const engine::PthPart& part : file.parts)
    for (const engine::TensorRecord& record : part.tensors)
      text += tensor_line(part.path.empty() ? record.name : part.path + "." + record.name, record);
  for (const auto& [key, value] : file.values) text += fmt::format("{} = {}\n", engine::printable(key), value);
  text += fmt::format("{} format; parts: {}\n", file.zip ? "zip" : "legacy", engine::list_parts(file));
  return text;
}

FitReport report_fit(const ConversionOptions& options) {
  const engine::TensorFile file = engine::open_weight_file(options.in, options.part);
  const auto network = open_model(options);
  constexpr std::size_t all = 1'000'000;
  const engine::nn::StateDifference difference = compare_state(network->store, file, "", all);
  const std::string what =
      fmt::format("{} of {} classes, width {}", options.model, options.network.classes, options.network.width);
  if (difference.empty()) return {true, fmt::format("{} fits {}\n", options.in.string(), what)};
  return {false, fmt::format("{} does not fit {}: {}\n", options.in.string(), what, difference.text(all))};
}

}  // namespace train
