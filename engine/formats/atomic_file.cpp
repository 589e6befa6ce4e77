// SPDX-License-Identifier: Apache-2.0
// Write, fsync, rename, fsync of the folder.
#include "engine/formats/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "kernels/error.h"

namespace engine {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const char* what) {
  throw kernels::FileError("{}: {}: {}", path.string(), what, std::strerror(errno));
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)), partial_(path_) {
  partial_ += ".partial";
  descriptor_ = ::open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail(partial_, "cannot be opened for writing");
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(partial_.c_str());
}

void AtomicFile::write(const void* data, std::size_t bytes) {
  // One call of write() transfers at most about 2 GiB, and may be interrupted.
  constexpr std::size_t largest = std::size_t{1} << 30;
  const char* from = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t written = ::write(descriptor_, from, std::min(bytes, largest));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(partial_, "cannot be written");
    from += written;
    bytes -= static_cast<std::size_t>(written);
  }
}

// Once the file is closed, the destructor has nothing left to remove.
void AtomicFile::give_up(const std::filesystem::path& path, const char* what) {
  const int reason = errno;
  ::unlink(partial_.c_str());
  errno = reason;
  fail(path, what);
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail(partial_, "cannot be synced");
  const int descriptor = std::exchange(descriptor_, -1);
  if (::close(descriptor) != 0) give_up(partial_, "cannot be closed");
  if (::rename(partial_.c_str(), path_.c_str()) != 0) give_up(path_, "cannot be renamed into place");
  // The rename itself survives a power cut only once the folder is on the disk.
  const std::filesystem::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
  const int folder_descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_descriptor < 0) fail(folder, "cannot be opened");
  const bool synced = ::fsync(folder_descriptor) == 0 || errno == EINVAL;  // EINVAL: such a file system has no sync.
  ::close(folder_descriptor);
  if (!synced) fail(folder, "cannot be synced");
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

void create_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw kernels::FileError("{}: cannot be created: {}", folder.string(), error.message());
}

}  // namespace engine
