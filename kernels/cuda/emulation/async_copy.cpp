// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/emulation/async_copy.h"

#include <cstring>

namespace kernels::cuda::emulation {

namespace {

// Watched by the sanitizers: this is the access to memory.
void land(const PendingCopy& copy) {
  if (copy.from == nullptr)
    std::memset(copy.to, 0, copy.bytes);
  else
    std::memcpy(copy.to, copy.from, copy.bytes);
}

}  // namespace

void issue_copy(void* to, const void* from, unsigned bytes, Site site) {
  check_aligned(to, bytes, site);
  check_aligned(from, bytes, site);
  const PendingCopy copy{to, from, bytes};
  if (running_block().options().async_copy == AsyncCopy::eager) return land(copy);
  const Unwatched unwatched;
  running_block().thread().open_group.push_back(copy);
}

void commit_copies() {
  const Unwatched unwatched;
  Thread& thread = running_block().thread();
  thread.groups.push_back(std::move(thread.open_group));
  thread.open_group.clear();
}

void wait_for_copies(unsigned pending) {
  for (;;) {
    std::vector<PendingCopy> group;
    {
      const Unwatched unwatched;
      auto& groups = running_block().thread().groups;
      if (groups.size() <= pending) return;
      group = std::move(groups.front());
      groups.erase(groups.begin());
    }
    for (const PendingCopy& copy : group) land(copy);
  }
}

}  // namespace kernels::cuda::emulation
