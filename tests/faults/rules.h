// SPDX-License-Identifier: Apache-2.0
// A library for LD_PRELOAD that lets file operations of a program go wrong, so that tests have full disks, read-only
// folders and kills at instants that chance seldom finds, on any machine and as any user. The environment variable
// ISOTHERM_FAULTS holds its rules, at most eight, separated by semicolons:
//
//   ACTION CALL PATH [NUMBER]        as in "half write last.safetensors 3" or "EROFS mkdir run; EIO read label.png"
//
// A rule looks at the calls of CALL on files whose path holds PATH (text without blanks and semicolons), counts them
// from 1, and acts on the NUMBERth (without NUMBER: the first):
//
//   ACTION  kill: the process is ended by SIGKILL in place of this call
//           term: the process is sent SIGTERM, then the call is made
//           half: a disk that runs full; this write takes half of its bytes, all after it fail with ENOSPC
//           ENOSPC, EROFS, EACCES, EIO: this call and all after it fail with the error and do nothing
//           list: this call and all after it are made, and written to standard error as "fault: CALL PATH"
//
//   CALL    open (to read), create (to open for writing), read, write, sync, close, rename and link (PATH is of the new
//           name), mkdir; any: all of these. half is for write alone.
//
// Of several rules that make one call fail, the first counts. Rules that cannot be read end the program by abort().
// What the C library does inside of itself is not seen: a stream's fclose, for one.
#pragma once

namespace faults {

struct Verdict {
  int error = 0;      // The errno that the call must fail with; 0: it is made.
  bool half = false;  // It is made with half of its bytes.
};

// What the rules say of a call that is about to be made. Counts it, and may not return. Leaves errno as it is.
Verdict judge(const char* call, const char* path);
Verdict judge(const char* call, int descriptor);

}  // namespace faults
