// SPDX-License-Identifier: Apache-2.0
// Letters beyond ASCII in descriptions: read within quotes and comments, refused elsewhere with their line.
#include "datasets/toml_letters.h"

#include "datasets/folder_description.h"
#include "kernels/error.h"
#include "tests/support/catch.h"

using Catch::Matchers::Contains;

TEST_CASE("letters beyond ASCII are refused outside of quotes and comments, with file and line", "[sanitize]") {
  for (const char* text : {"a = 1\n\xCD\xAB", "a = 1\n\xC3\xBC = 2", "a = \"\"\nb = \xC2\xA0 3",
                           "a = 'x\\'\n\xC3\xBC = 1", "a = \"\"\"x\n\"\"\"\xC3\xBC", "a = \"x\\\"\"  # \"\n\xC3\xBC",
                           "a = '''x''''\n\xC3\xBC = '", "a = 1\nb = 1\"\"\"\xC3\xBC\"\"\""}) {
    INFO(text);
    CHECK_THROWS_AS(datasets::require_ascii_outside_quotes("d.toml", text), kernels::DataError);
    CHECK_THROWS_WITH(datasets::parse_folder_description(text, "d.toml"),
                      Contains("d.toml: line 2: a letter beyond ASCII"));
  }
}

TEST_CASE("letters beyond ASCII are read within quotes and comments", "[sanitize]") {
  for (const char* text :
       {"\xEF\xBB\xBF"
        "a = 1",
        "a = \"\xC3\xBC\"", "a = '\xC3\xBC'  # \xC3\xBC", "a = \"\\\"\xC3\xBC\"",
        "a = \"\"\"\n\xC3\xBC \"\" \xC3\xBC\\\"\"\"\"", "a = '''\n'\xC3\xBC''\xC3\xBC'''''", "# \xC3\xBC ' \xC3\xBC"}) {
    INFO(text);
    CHECK_NOTHROW(datasets::require_ascii_outside_quotes("d.toml", text));
  }
}
