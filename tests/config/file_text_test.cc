// Goal: a file is read as it is, no further than asked for, and nothing is waited for without a
// limit. Method: this program's own sources of bytes: an endless device, a directory, a name that
// is not there, pipes with and without a writer.
#include "config/file_text.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "core/base/unique_fd.h"
#include "tests/server/app/temporary_directory.h"

namespace {

class NamedPipe {
 public:
  NamedPipe() { REQUIRE(::mkfifo(path_.c_str(), 0600) == 0); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  test::TemporaryDirectory folder_;
  std::string path_ = folder_.path() + "/pipe";
};

}  // namespace

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

  TEST_CASE("a pipe that nobody writes into is empty at once") {
    const NamedPipe pipe;
    CHECK(config::read_file(pipe.path(), 10).value() == "");
  }

  TEST_CASE("a pipe whose writer goes on is given up after the limit") {
    const NamedPipe pipe;
    const core::UniqueFd writer(::open(pipe.path().c_str(), O_RDWR | O_CLOEXEC));
    REQUIRE(::write(writer.get(), "begun", 5) == 5);
    const auto text = config::read_file(pipe.path(), 10, std::chrono::milliseconds(20));
    REQUIRE_FALSE(text);
    CHECK(text.error().message == "the file does not come to its end in time");
  }
}
