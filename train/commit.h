// SPDX-License-Identifier: Apache-2.0
// The commit that the program was built from. Its definition is written anew by every build (cmake/WriteCommit.cmake).
#pragma once

namespace train {

// 40 hexadecimal digits, with " with changes" behind them where tracked files had been changed; "unknown" where the
// sources were not in a repository of their own.
const char* source_commit();

}  // namespace train
