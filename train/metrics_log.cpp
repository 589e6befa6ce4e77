// SPDX-License-Identifier: Apache-2.0
// Lines in, lines out.
#include "train/metrics_log.h"

#include <cerrno>
#include <cstring>
#include <iterator>

#include "engine/formats/atomic_file.h"
#include "kernels/error.h"

namespace train {

using Json = nlohmann::ordered_json;

std::vector<Json> read_metrics(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw kernels::FileError("{}: cannot be opened: {}", path.string(), std::strerror(errno));
  const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  std::vector<Json> lines;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string line = text.substr(begin, end - begin);
    Json parsed = Json::parse(line, nullptr, false);
    if (!parsed.is_object())
      throw kernels::DataError("{}: line {}: expected a JSON object, got '{}'", path.string(), lines.size() + 1, line);
    lines.push_back(std::move(parsed));
  }
  return lines;
}

MetricsLog::MetricsLog(const std::filesystem::path& path) : path_(path), stream_(path, std::ios::app) {
  if (!stream_) throw kernels::FileError("{}: cannot be opened for writing: {}", path.string(), std::strerror(errno));
}

MetricsLog MetricsLog::resume(const std::filesystem::path& path, const std::string& key, std::int64_t last) {
  if (std::filesystem::exists(path)) {
    engine::AtomicFile kept(path);
    for (const Json& line : read_metrics(path)) {
      const auto number = line.find(key);
      const bool later =
          number != line.end() && number->is_number() && number->get<double>() > static_cast<double>(last);
      if (!later) kept.write(line.dump() + "\n");
    }
    kept.commit();
  }
  return MetricsLog(path);
}

void MetricsLog::append(const Json& line) {
  stream_ << line.dump() << '\n' << std::flush;
  if (!stream_) throw kernels::FileError("{}: cannot be written: {}", path_.string(), std::strerror(errno));
}

}  // namespace train
