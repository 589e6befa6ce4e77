// SPDX-License-Identifier: Apache-2.0
// A library for LD_PRELOAD that lets one file operation of a program go wrong, so that tests reach instants which
// chance seldom finds. ISOTHERM_FAULT="CALL:PATH:NUMBER:ACTION" speaks of the NUMBERth call of CALL (open, write,
// fsync, close, link, rename or any) on a path that holds PATH:
//
//   kill  the process is ended by SIGKILL in place of the call
//   term  the process is sent SIGTERM, then the call is made
//   full  the call and all such calls after it fail with ENOSPC, as on a full disk
//   half  the same, but a write first puts half of its bytes
//   list  every such call is written to standard error, as "fault: CALL PATH"
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

struct Plan {
  std::string call, path, action;
  int number = 0;
};

const Plan& plan() {
  static const Plan chosen = [] {
    const char* text = std::getenv("ISOTHERM_FAULT");
    std::string rest = text == nullptr ? "" : text;
    const auto part = [&] {
      const auto end = rest.find(':');
      std::string word = rest.substr(0, end);
      rest = end == std::string::npos ? "" : rest.substr(end + 1);
      return word;
    };
    Plan made;
    made.call = part();
    made.path = part();
    made.number = std::atoi(part().c_str());
    made.action = part();
    return made;
  }();
  return chosen;
}

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

enum class Verdict { proceed, half, fail };

Verdict judge(const char* call, const std::string& path) {
  static std::atomic<int> calls = 0;
  const Plan& the = plan();
  if (the.action.empty() || (the.call != "any" && the.call != call) || path.find(the.path) == std::string::npos)
    return Verdict::proceed;
  const int number = ++calls;
  if (the.action == "list") {
    const std::string line = std::string("fault: ") + call + " " + path + "\n";
    static_cast<void>(!real<ssize_t (*)(int, const void*, size_t)>("write")(2, line.data(), line.size()));
    return Verdict::proceed;
  }
  if (number == the.number && the.action == "kill") kill(getpid(), SIGKILL);
  if (number == the.number && the.action == "term") kill(getpid(), SIGTERM);
  if (the.action == "half" && number == the.number) return Verdict::half;
  if ((the.action == "full" || the.action == "half") && number >= the.number) return Verdict::fail;
  return Verdict::proceed;
}

bool fails(const char* call, const std::string& path) {
  if (judge(call, path) == Verdict::proceed) return false;
  errno = ENOSPC;
  return true;
}

std::string path_of(int descriptor) {
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t length = readlink(link.c_str(), path, sizeof path);
  return length < 0 ? std::string() : std::string(path, static_cast<std::size_t>(length));
}

int open_as(const char* name, const char* path, int flags, mode_t mode) {
  if (fails("open", path)) return -1;
  return real<int (*)(const char*, int, ...)>(name)(path, flags, mode);
}

FILE* fopen_as(const char* name, const char* path, const char* how) {
  if (fails("open", path)) return nullptr;
  return real<FILE* (*)(const char*, const char*)>(name)(path, how);
}

mode_t mode_among(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_among(flags, arguments);
  va_end(arguments);
  return open_as("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_among(flags, arguments);
  va_end(arguments);
  return open_as("open64", path, flags, mode);
}

FILE* fopen(const char* path, const char* how) {
  return fopen_as("fopen", path, how);
}

FILE* fopen64(const char* path, const char* how) {
  return fopen_as("fopen64", path, how);
}

ssize_t write(int descriptor, const void* data, size_t bytes) {
  const auto write_really = real<ssize_t (*)(int, const void*, size_t)>("write");
  switch (judge("write", path_of(descriptor))) {
    case Verdict::proceed:
      return write_really(descriptor, data, bytes);
    case Verdict::half:
      return write_really(descriptor, data, bytes / 2);
    case Verdict::fail:
      errno = ENOSPC;
  }
  return -1;
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  if (fails("write", path_of(descriptor))) return -1;
  return real<ssize_t (*)(int, const iovec*, int)>("writev")(descriptor, parts, count);
}

int fsync(int descriptor) {
  if (fails("fsync", path_of(descriptor))) return -1;
  return real<int (*)(int)>("fsync")(descriptor);
}

int close(int descriptor) {
  const bool wrong = fails("close", path_of(descriptor));
  const int result = real<int (*)(int)>("close")(descriptor);  // A close that fails has closed all the same.
  if (!wrong) return result;
  errno = ENOSPC;
  return -1;
}

int link(const char* from, const char* to) noexcept {
  if (fails("link", to)) return -1;
  return real<int (*)(const char*, const char*)>("link")(from, to);
}

int rename(const char* from, const char* to) noexcept {
  if (fails("rename", to)) return -1;
  return real<int (*)(const char*, const char*)>("rename")(from, to);
}

}  // extern "C"
