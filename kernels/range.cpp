// SPDX-License-Identifier: Apache-2.0
#include "kernels/range.h"

namespace kernels {

void Range::begin(const Profile::Span& span) {
  span_ = span;
  if (queue_->profile() != nullptr) begin_ = queue_->record();
  queue_->runtime().begin_range(span.name);
}

void Range::end() noexcept {
  queue_->runtime().end_range();
  if (begin_ == nullptr) return;
  try {
    queue_->profile()->add(span_, std::move(begin_), queue_->record());
  } catch (...) {
    // A device that failed says so in the next call that may throw.
  }
}

}  // namespace kernels
