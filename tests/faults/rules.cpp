// SPDX-License-Identifier: Apache-2.0
// Reads ISOTHERM_FAULTS once and counts calls. Nothing here takes memory from the heap: the calls of an allocator are
// among those that are looked at.
#include "tests/faults/rules.h"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>

namespace faults {
namespace {

enum class Action { kill, term, half, fail, list };

constexpr struct {
  const char* name;
  Action action;
  int error;
} actions[] = {{"kill", Action::kill, 0},        {"term", Action::term, 0},      {"half", Action::half, ENOSPC},
               {"ENOSPC", Action::fail, ENOSPC}, {"EROFS", Action::fail, EROFS}, {"EACCES", Action::fail, EACCES},
               {"EIO", Action::fail, EIO},       {"list", Action::list, 0}};

constexpr const char* calls[] = {"any", "open", "create", "read", "write", "sync", "close", "rename", "link", "mkdir"};

bool equal(const char* a, const char* b) {
  return std::strcmp(a, b) == 0;
}

struct Rule {
  Action action = Action::list;
  int error = 0, number = 1;
  char call[16] = {}, path[128] = {};
  std::atomic<int> seen{0};

  // False where the text is no rule.
  bool read(const char* text) {
    char name[16] = {}, count[16] = "1", more, *end = nullptr;
    const int words = std::sscanf(text, "%15s %15s %127s %15s %c", name, call, path, count, &more);
    number = static_cast<int>(std::strtol(count, &end, 10));
    const auto* chosen =
        std::find_if(std::begin(actions), std::end(actions), [&](const auto& each) { return equal(each.name, name); });
    const bool known =
        std::any_of(std::begin(calls), std::end(calls), [&](const char* each) { return equal(each, call); });
    if (words < 3 || words > 4 || number < 1 || *end != '\0' || !known || chosen == std::end(actions)) return false;
    action = chosen->action;
    error = chosen->error;
    return action != Action::half || equal(call, "write");
  }

  bool speaks_of(const char* of) const { return equal(call, "any") || equal(call, of); }
};

struct Rules {
  Rule rules[8];
  int count = 0;

  Rules() {
    const char* text = std::getenv("ISOTHERM_FAULTS");
    while (text != nullptr && *text != '\0') {
      char one[256];
      const std::size_t length = std::strcspn(text, ";"), most = sizeof one - 1;
      std::memcpy(one, text, std::min(length, most));
      one[std::min(length, most)] = '\0';
      if (length > most || count == static_cast<int>(std::size(rules)) || !rules[count].read(one)) {
        std::fprintf(stderr, "ISOTHERM_FAULTS: no rule: %s\n", one);
        std::abort();
      }
      ++count;
      text += length;
      if (*text == ';') ++text;
    }
  }

  bool speak_of(const char* call) const {
    return std::any_of(rules, rules + count, [call](const Rule& rule) { return rule.speaks_of(call); });
  }
};

Rules& all() {
  static Rules rules;  // Libraries may make calls before this one's turn to initialise comes.
  return rules;
}

[[maybe_unused]] const Rules& read_before_main = all();

void list(const char* call, const char* path) {
  char line[4200];
  const int length = std::snprintf(line, sizeof line, "fault: %s %s\n", call, path);
  const auto write_really = reinterpret_cast<ssize_t (*)(int, const void*, size_t)>(dlsym(RTLD_NEXT, "write"));
  static_cast<void>(!write_really(2, line, std::min(static_cast<std::size_t>(length), sizeof line - 1)));
}

Verdict act(const Rule& rule, int number, const char* call, const char* path) {
  if (number < rule.number) return {};
  const bool now = number == rule.number;
  switch (rule.action) {
    case Action::kill:
      if (now) ::kill(getpid(), SIGKILL);
      return {};
    case Action::term:
      if (now) ::kill(getpid(), SIGTERM);
      return {};
    case Action::half:
      return now ? Verdict{.half = true} : Verdict{.error = rule.error};
    case Action::fail:
      return {.error = rule.error};
    case Action::list:
      list(call, path);
  }
  return {};
}

}  // namespace

Verdict judge(const char* call, const char* path) {
  const int before = errno;
  Verdict verdict;
  for (Rule* rule = all().rules; rule != all().rules + all().count; ++rule) {
    if (!rule->speaks_of(call) || std::strstr(path, rule->path) == nullptr) continue;
    const Verdict one = act(*rule, ++rule->seen, call, path);
    if (verdict.error == 0 && !verdict.half) verdict = one;
  }
  errno = before;
  return verdict;
}

Verdict judge(const char* call, int descriptor) {
  if (!all().speak_of(call)) return {};
  const int before = errno;
  char link[64], path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = ::readlink(link, path, sizeof path - 1);
  errno = before;
  if (length < 0) return {};
  path[length] = '\0';
  return judge(call, path);
}

}  // namespace faults
