# Writes a C++ source with the commit that SOURCE is at, as cmake -D SOURCE=DIR -D OUTPUT=FILE -P this. The file is
# touched only where the answer is another one, so that a build without a new commit compiles nothing.
set(commit unknown)
find_program(git git)
if(git)
  # A copy without history inside somebody's repository is at no commit of theirs: the prefix is empty at the top only.
  execute_process(COMMAND ${git} -C ${SOURCE} rev-parse --show-prefix
    RESULT_VARIABLE failed OUTPUT_VARIABLE prefix OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed AND prefix STREQUAL "")
    execute_process(COMMAND ${git} -C ${SOURCE} describe --always --abbrev=40 "--exclude=*" "--dirty= with changes"
      RESULT_VARIABLE failed OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT failed)
      set(commit ${described})
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
// Written by cmake/WriteCommit.cmake at every build.
#include "train/commit.h"

namespace train {

const char* source_commit() {
  return "@commit@";
}

}  // namespace train
]])
