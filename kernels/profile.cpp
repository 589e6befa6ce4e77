// SPDX-License-Identifier: Apache-2.0
#include "kernels/profile.h"

#include <algorithm>

namespace kernels {

namespace {

constexpr std::size_t most_pending = 1 << 14;  // Spans, so that a long run does not collect events without end.

}  // namespace

void Profile::add(const Span& span, std::shared_ptr<Event> begin, std::shared_ptr<Event> end) {
  pending_.push_back({span, std::move(begin), std::move(end)});
  if (pending_.size() >= most_pending) settle();
}

void Profile::settle() {
  for (const Timed& timed : pending_) {
    Entry& entry = entries_[{timed.span.kind, timed.span.name}];
    entry.name = timed.span.name;
    ++entry.calls;
    entry.milliseconds += timed.end->milliseconds_since(*timed.begin);
    entry.bytes += timed.span.bytes;
  }
  pending_.clear();
}

std::vector<Profile::Entry> Profile::entries(Kind kind) {
  settle();
  std::vector<Entry> found;
  for (const auto& [key, entry] : entries_)
    if (key.first == kind) found.push_back(entry);
  std::stable_sort(found.begin(), found.end(),
                   [](const Entry& a, const Entry& b) { return a.milliseconds > b.milliseconds; });
  return found;
}

double Profile::wall_milliseconds() const {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin_).count();
}

}  // namespace kernels
