// SPDX-License-Identifier: Apache-2.0
// Letters beyond ASCII in descriptions: read in quoted values and comments, refused elsewhere with their line.
#include "datasets/toml_letters.h"

#include "datasets/folder_description.h"
#include "kernels/error.h"
#include "tests/support/catch.h"

using Catch::Matchers::Contains;

TEST_CASE("letters beyond ASCII are refused outside of values and comments, with file and line", "[sanitize]") {
  for (const char* text : {"a = 1\n\xCD\xAB", "a = 1\n\xC3\xBC = 2", "a = \"\"\nb = \xC2\xA0 3",
                           "a = 'x\\'\n\xC3\xBC = 1", "a = \"\"\"x\n\"\"\"\xC3\xBC", "a = \"x\\\"\"  # \"\n\xC3\xBC",
                           "a = '''x''''\n\xC3\xBC = '", "a = 1\nb = 1\"\"\"\xC3\xBC\"\"\"", "a = 1\nb = 1['\xC3\xBC'",
                           "a = 1\nb = [1, 2=\"\xC3\xBC\"]", "a = 1\n\"\xC3\xBC\" = 2", "a = 1\nb.\"\xC3\xBC\" = 2",
                           "a = \"\"\"\n\xC3\xBC\"\"\"", "a = 1\nb = \"\\\xC3\xBC\"", "a = 1\n[\"\xC3\xBC\"]",
                           "a = 1\nb = {\"\xC3\xBC\" = 2}", "a = 1\nb = 2 \"\xC3\xBC\""}) {
    INFO(text);
    CHECK_THROWS_AS(datasets::require_ascii_outside_values("d.toml", text), kernels::DataError);
    CHECK_THROWS_WITH(datasets::parse_folder_description(text, "d.toml"),
                      Contains("d.toml: line 2: a letter beyond ASCII"));
  }
}

TEST_CASE("letters beyond ASCII are read in values and comments", "[sanitize]") {
  for (const char* text :
       {"\xEF\xBB\xBF"
        "a = 1",
        "a = \"\xC3\xBC\"", "a = '\xC3\xBC'  # \xC3\xBC", "a = \"\\\"\xC3\xBC\"", "a = [ \"x\",\n  \"\xC3\xBC\" ]",
        "[a.b]\nc = {d = 1, e = '\xC3\xBC'}", "a = [{b = 1}, {b = \"\xC3\xBC\"}]",
        "a = [[1], \"\xC3\xBC\"]\nb = '\xC3\xBC'", "# \xC3\xBC ' \xC3\xBC"}) {
    INFO(text);
    CHECK_NOTHROW(datasets::require_ascii_outside_values("d.toml", text));
  }
}

TEST_CASE("class names and patterns of any language come through a description") {
  const auto description = datasets::parse_folder_description(
      "[rgb]\nfiles = \"stra\xC3\x9F"
      "e/*.png\"  # \xC3\xBC\n[thermal]\nfiles = \"w\xC3\xA4rme/*.png\"\n[labels]\n"
      "files = \"gt/*.png\"\n[[classes]]\nname = \"Fu\xC3\x9Fg\xC3\xA4nger\"\nvalues = [0]\n[[classes]]\n"
      "name = \"b\"\nvalues = [1]\n[splits]\ntrain = 0.5\n",
      "d.toml");
  CHECK(description.rgb ==
        "stra\xC3\x9F"
        "e/*.png");
  CHECK(description.classes.front().info.name == "Fu\xC3\x9Fg\xC3\xA4nger");
}
