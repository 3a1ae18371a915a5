// Goal: an error tells what was attempted and why the kernel refused it, whatever the errno.
// Method: errnos that everybody knows, and numbers that are none.

#include "core/base/result.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>
#include <thread>
#include <vector>

TEST_CASE("the message is the attempt, a colon and the kernel's reason") {
  const core::Error error = core::system_error("cannot bind 127.0.0.1:80", EACCES);
  CHECK(error.message == "cannot bind 127.0.0.1:80: Permission denied");
  CHECK(error.errno_value == EACCES);
}

TEST_CASE("a number that is no errno still gives a message that names it") {
  for (const int number : {12345, -1}) {
    CAPTURE(number);
    const core::Error error = core::system_error("x", number);
    CHECK(error.message.rfind("x: ", 0) == 0);
    CHECK(error.message.find(std::to_string(number)) != std::string::npos);
    CHECK(error.errno_value == number);
  }
}

TEST_CASE("an attempt that is not zero-terminated is cut where it ends") {
  const std::string text = "open this and more";
  CHECK(core::system_error(std::string_view(text).substr(0, 4), ENOENT).message ==
        "open: No such file or directory");
}

TEST_CASE("several threads may word errors at a time") {
  std::vector<std::string> messages(4);
  std::vector<std::thread> threads;
  threads.reserve(messages.size());
  for (std::string& message : messages) {
    threads.emplace_back([&message] {
      for (int i = 0; i < 200; ++i) message = core::system_error("y", 9000).message;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& message : messages) CHECK(message == messages.front());
  CHECK(messages.front().find("9000") != std::string::npos);
}

TEST_CASE("a result holds a value or an error") {
  const core::Result<int> value = 7;
  const core::Result<int> error = core::unexpected(core::Error{"no", 0});
  REQUIRE(value.has_value());
  CHECK(*value == 7);
  REQUIRE_FALSE(error.has_value());
  CHECK(error.error().message == "no");
}
