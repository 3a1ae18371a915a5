// Goal: what a server says when it has started is understood, and not before it has said it all.
// Method: texts, cut at every byte.

#include "prove/start_lines.h"

#include <doctest/doctest.h>

#include <string>

namespace {

const std::string kTable =
    "a warning about https:// and http://127.0.0.1:1\n"
    "ouro 0.1.0\n"
    "  engine    epoll, because io_uring is not available: a sysctl\n"
    "  loops     2 (at most 16000 connections)\n"
    "  listen    http://127.0.0.1:40001\n"
    "  listen    https://127.0.0.1:40002\n"
    "  admin     http://127.0.0.1:40003\n"
    "  site      any host  /**  files /tmp/pages\n";

}  // namespace

TEST_CASE("engine, loops and ports are found") {
  const auto lines = prove::read_start_lines(kTable);
  REQUIRE(lines);
  CHECK(lines->engine == "epoll, because io_uring is not available: a sysctl");
  CHECK(lines->loops == "2");
  CHECK(lines->plain == 40001);
  CHECK(lines->tls == 40002);
  CHECK(lines->admin == 40003);
}

TEST_CASE("a table that has not come whole is none") {
  const std::size_t whole = kTable.find("40003\n") + 6;
  for (std::size_t size = 0; size < kTable.size(); ++size) {
    CAPTURE(size);
    CHECK(prove::read_start_lines(kTable.substr(0, size)).has_value() == (size >= whole));
  }
  CHECK(!prove::read_start_lines("ouro: cannot listen on 127.0.0.1:0\n"));
}

TEST_CASE("a server without TLS has no port for it") {
  const auto lines = prove::read_start_lines(
      "ouro 0.1.0\n  engine    io_uring\n  loops     1 (at most 9 connections)\n"
      "  listen    http://127.0.0.1:1\n  admin     http://127.0.0.1:2\n");
  REQUIRE(lines);
  CHECK(lines->tls == 0);
}
