// SPDX-License-Identifier: Apache-2.0
// The calls of the C library that stand in front of the real ones and ask the rules first.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "tests/faults/rules.h"

namespace {

using faults::judge;
using faults::Verdict;

template <class Function>
Function* original(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

template <class Result>
Result refuse(int error, Result result) {
  errno = error;
  return result;
}

int open_file(const char* name, const char* path, int flags, mode_t mode) {
  const bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0;
  if (const int error = judge(writes ? "create" : "open", path).error) return refuse(error, -1);
  return original<int(const char*, int, ...)>(name)(path, flags, mode);
}

FILE* open_stream(const char* name, const char* path, const char* mode) {
  const bool writes = std::strpbrk(mode, "wa+") != nullptr;
  if (const int error = judge(writes ? "create" : "open", path).error)
    return refuse(error, static_cast<FILE*>(nullptr));
  return original<FILE*(const char*, const char*)>(name)(path, mode);
}

mode_t mode_of(int flags, va_list more) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(more, int)) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  return open_file("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  return open_file("open64", path, flags, mode);
}

FILE* fopen(const char* path, const char* mode) {
  return open_stream("fopen", path, mode);
}

FILE* fopen64(const char* path, const char* mode) {
  return open_stream("fopen64", path, mode);
}

ssize_t read(int descriptor, void* to, size_t bytes) {
  if (const int error = judge("read", descriptor).error) return refuse<ssize_t>(error, -1);
  return original<ssize_t(int, void*, size_t)>("read")(descriptor, to, bytes);
}

ssize_t write(int descriptor, const void* from, size_t bytes) {
  const Verdict verdict = judge("write", descriptor);
  if (verdict.error != 0) return refuse<ssize_t>(verdict.error, -1);
  return original<ssize_t(int, const void*, size_t)>("write")(descriptor, from, verdict.half ? bytes / 2 : bytes);
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  const Verdict verdict = judge("write", descriptor);
  if (verdict.error != 0) return refuse<ssize_t>(verdict.error, -1);
  const auto write_really = original<ssize_t(int, const iovec*, int)>("writev");
  if (!verdict.half) return write_really(descriptor, parts, count);
  if (count > 1) return write_really(descriptor, parts, count / 2);
  const iovec half{parts[0].iov_base, parts[0].iov_len / 2};
  return write_really(descriptor, &half, 1);
}

int fsync(int descriptor) {
  if (const int error = judge("sync", descriptor).error) return refuse(error, -1);
  return original<int(int)>("fsync")(descriptor);
}

int close(int descriptor) {
  const int error = judge("close", descriptor).error;
  const int result = original<int(int)>("close")(descriptor);  // A close that fails has closed all the same.
  return error != 0 ? refuse(error, -1) : result;
}

int rename(const char* from, const char* to) noexcept {
  if (const int error = judge("rename", to).error) return refuse(error, -1);
  return original<int(const char*, const char*)>("rename")(from, to);
}

int link(const char* from, const char* to) noexcept {
  if (const int error = judge("link", to).error) return refuse(error, -1);
  return original<int(const char*, const char*)>("link")(from, to);
}

int mkdir(const char* path, mode_t mode) noexcept {
  if (const int error = judge("mkdir", path).error) return refuse(error, -1);
  return original<int(const char*, mode_t)>("mkdir")(path, mode);
}

}  // extern "C"
