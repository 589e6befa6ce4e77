// SPDX-License-Identifier: Apache-2.0
// A library that is preloaded into a program under test (LD_PRELOAD) and makes chosen system calls fail, so that a full
// disk and a read-only folder can be had on any machine, by any user. ISOTHERM_FAILING_CALLS holds rules, separated by
// semicolons: "CALL ERRNO PATH [FIRST]". CALL is create (opening for writing), open (for reading), read, write, sync,
// rename, link or mkdir; ERRNO its number; PATH a part of the file's path; FIRST the first such call to fail (1), as do
// all after it. A write that fails with ENOSPC first takes half of its bytes, as a disk does that runs full.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

struct Rule {
  char call[16] = {}, path[128] = {};
  int error = 0, first = 1;
  std::atomic<int> seen{0};
};

constexpr int most_rules = 4;
Rule rules[most_rules];

// Read before main, when there is one thread.
const int rule_count = [] {
  const char* text = std::getenv("ISOTHERM_FAILING_CALLS");
  int count = 0;
  while (text != nullptr && *text != '\0' && count < most_rules) {
    Rule& rule = rules[count];
    if (std::sscanf(text, "%15s %d %127[^ ;] %d", rule.call, &rule.error, rule.path, &rule.first) < 3) std::abort();
    ++count;
    text = std::strchr(text, ';');
    if (text != nullptr) ++text;
  }
  return count;
}();

// The error that this call must end with, or 0.
int fails(const char* call, const char* path) {
  for (int i = 0; i < rule_count; ++i)
    if (std::strcmp(rules[i].call, call) == 0 && std::strstr(path, rules[i].path) != nullptr)
      if (++rules[i].seen >= rules[i].first) return rules[i].error;
  return 0;
}

int fails(const char* call, int descriptor) {
  char link[64], path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = ::readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  return fails(call, path);
}

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
  if (const int error = fails(writes ? "create" : "open", path)) return refuse(error, -1);
  return original<int(const char*, int, ...)>(name)(path, flags, mode);
}

FILE* open_stream(const char* name, const char* path, const char* mode) {
  if (const int error = fails(mode[0] == 'r' ? "open" : "create", path))
    return refuse(error, static_cast<FILE*>(nullptr));
  return original<FILE*(const char*, const char*)>(name)(path, mode);
}

mode_t mode_of(int flags, va_list more) {
  return (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(more, int)) : 0;
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
  if (const int error = fails("read", descriptor)) return refuse<ssize_t>(error, -1);
  return original<ssize_t(int, void*, size_t)>("read")(descriptor, to, bytes);
}

ssize_t write(int descriptor, const void* from, size_t bytes) {
  const auto really = original<ssize_t(int, const void*, size_t)>("write");
  if (const int error = fails("write", descriptor)) {
    if (error == ENOSPC && bytes > 1) really(descriptor, from, bytes / 2);
    return refuse<ssize_t>(error, -1);
  }
  return really(descriptor, from, bytes);
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  const auto really = original<ssize_t(int, const iovec*, int)>("writev");
  if (const int error = fails("write", descriptor)) {
    if (error == ENOSPC && count > 1) really(descriptor, parts, 1);
    return refuse<ssize_t>(error, -1);
  }
  return really(descriptor, parts, count);
}

int fsync(int descriptor) {
  if (const int error = fails("sync", descriptor)) return refuse(error, -1);
  return original<int(int)>("fsync")(descriptor);
}

int rename(const char* from, const char* to) noexcept {
  if (const int error = fails("rename", to)) return refuse(error, -1);
  return original<int(const char*, const char*)>("rename")(from, to);
}

int link(const char* from, const char* to) noexcept {
  if (const int error = fails("link", to)) return refuse(error, -1);
  return original<int(const char*, const char*)>("link")(from, to);
}

int mkdir(const char* path, mode_t mode) noexcept {
  if (const int error = fails("mkdir", path)) return refuse(error, -1);
  return original<int(const char*, mode_t)>("mkdir")(path, mode);
}
}
