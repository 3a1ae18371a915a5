// Goal: a message becomes a line, and lost ones are owned up to.
// Method: ring and formatter by themselves; listener_test.cc has the live server that runs out.

#include "server/net/error_log.h"

#include <doctest/doctest.h>

#include <string>

TEST_CASE("a message is one line") {
  server::TextErrorFormatter formatter;
  core::LogWriter writer(-1, formatter);
  core::LogRing& ring = writer.add_ring();
  server::ErrorLog log(writer, ring);
  log.say("the sky falls");
  std::string line;
  formatter.format(ring.front(), line);
  CHECK(line == "ouro: the sky falls\n");
}

TEST_CASE("lost messages are counted in a line of their own") {
  server::TextErrorFormatter formatter;
  std::string line;
  formatter.format_dropped(7, line);
  CHECK(line == "ouro: 7 messages were lost\n");
}
