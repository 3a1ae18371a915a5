// Goal: a file is read as it is, and no further than asked for. Method: this program's own sources
// of bytes: an endless device, a directory, a name that is not there.
#include "config/file_text.h"

#include <doctest/doctest.h>

TEST_SUITE("config/file_text") {
  TEST_CASE("a file without an end is read a little past the limit") {
    const auto text = config::read_file("/dev/zero", 100'000);
    REQUIRE(text);
    CHECK(text->size() > 100'000);
    CHECK(text->size() < 200'000);
  }

  TEST_CASE("an empty file, a directory, none at all") {
    CHECK(config::read_file("/dev/null", 1).value() == "");
    CHECK(config::read_file("/", 1).error().message == "cannot read the file: Is a directory");
    CHECK(config::read_file("/none/such", 1).error().message ==
          "cannot open the file: No such file or directory");
  }

  TEST_CASE("why there is no directory, or no file") {
    CHECK_FALSE(config::missing_directory("/"));
    CHECK(config::missing_directory("/dev/null") == "is no directory");
    CHECK(config::missing_directory("/dev/null/x") == "does not exist");
    CHECK(config::missing_directory("/nowhere") == "does not exist");
    CHECK(config::missing_directory("") == "does not exist");
    CHECK_FALSE(config::missing_file("/dev/null"));
    CHECK(config::missing_file("/") == "is a directory");
    CHECK(config::missing_file("/nowhere") == "does not exist");
  }
}
