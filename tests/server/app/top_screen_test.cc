// Goal: the screen says what happened between two looks, fits its size whatever names there are,
// and gives a terminal nothing to obey but what is ours. Method: two statuses, lines as text.

#include "server/app/top_screen.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

using server::ScreenSize;
using server::StatusView;

namespace {

StatusView::Loop loop(const std::string& name) {
  StatusView::Loop loop;
  loop.name = name;
  loop.phases = {{"timers", 0}, {"completions", 0}, {"inbox", 0}, {"check", 0}, {"close", 0}};
  return loop;
}

// A quiet server after a hundred seconds.
StatusView quiet() {
  StatusView view;
  view.version = "0.1.0";
  view.engine = "io_uring";
  view.time = 1100;
  view.started = 1000;
  view.connections = 3;
  view.connections_max = 1000;
  view.loops = {loop("loop-0"), loop("loop-1")};
  StatusView::Lane files;
  files.name = "files";
  files.threads = 4;
  view.lanes = {files};
  return view;
}

// Half a second later.
StatusView busy() {
  StatusView view = quiet();
  view.time += 0.5;
  StatusView::Loop& first = view.loops[0];
  first.requests = 500;
  first.turns = 1000;
  first.turn = {{16e-6, 990}, {1e-3, 10}};
  first.longest_turn = 0.00075;
  first.phases[1].seconds = 0.05;
  first.phases[3].seconds = 0.2;
  view.lanes[0].finished = 50;
  view.lanes[0].queued = 7;
  view.lanes[0].run_seconds = 1;
  view.lanes[0].run = {{1e-3, 50}};
  return view;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string line_with(const std::string& text, const std::string& beginning) {
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with(beginning)) return line;
  }
  return "(none)";
}

// Without what sets colours.
std::string uncoloured(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = text.find('m', i);
      REQUIRE(i != std::string::npos);
    } else {
      result += text[i];
    }
  }
  return result;
}

std::size_t columns_of(const std::string& line) {
  std::size_t count = 0;
  for (const char c : line) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("rates, shares and lag are of the time between two looks") {
  const std::string text = server::top_screen(quiet(), busy(), ScreenSize{});
  CHECK(lines_of(text)[0] ==
        "ouro 0.1.0  io_uring  up 1 min  3 of 1000 connections  1000 requests/s");
  CHECK(line_with(text, "loop-0") ==
        "loop-0      50.0 %      1000      2000     11 µs     16 µs    750 µs");
  CHECK(line_with(text, "    timers") ==
        "    timers 0.0 %  completions 10.0 %  inbox 0.0 %  check 40.0 %  close 0.0 %");
  CHECK(line_with(text, "loop-1") ==
        "loop-1       0.0 %         0         0         -         -    0.0 ns");
  CHECK(line_with(text, "files") ==
        "files        2.0/4         7       100         -         -    993 µs        0");
  CHECK(line_with(text, "requests in flight") == "requests in flight: 0");
}

TEST_CASE("a loop that is held says for how long, where and by whom") {
  StatusView now = busy();
  now.loops[1].held = server::HeldLoop{0.41, "check", "any host /slow"};
  const std::string text = server::top_screen(quiet(), now, ScreenSize{80, 0, true});
  CHECK(
      uncoloured(text).find("loop-1     HELD for 410 ms in its check phase, by any host /slow\n") !=
      std::string::npos);
  CHECK(text.find("\x1b[1;31mloop-1") != std::string::npos);
}

TEST_CASE("the oldest requests and the longest turns come first") {
  StatusView now = busy();
  now.requests = {{0, "a", "is answered", 0.002}, {1, "b", "waits for its answer", 3}};
  now.slowest = {{1098, 0.012, "busy", "check", "a", "loop-0"},
                 {1099, 0.5, "blocked", "inbox", "b", "loop-1"}};
  const std::string text = server::top_screen(quiet(), now, ScreenSize{});
  CHECK(text.find("requests in flight: 2\n"
                  "   3.0 s  loop-1   waits for its answer  b\n"
                  "  2.0 ms  loop-0   is answered           a\n") != std::string::npos);
  CHECK(text.find("  500 ms  loop-1   blocked      inbox                 1 s ago  b\n"
                  "   12 ms  loop-0   busy         check                 2 s ago  a\n") !=
        std::string::npos);
}

TEST_CASE("how many requests are in flight, and whether that is all") {
  struct Case {
    bool more;
    std::vector<bool> says_nothing;
    std::string line;
  };
  for (const Case& expected :
       {Case{false, {false, false}, "requests in flight: 2"},
        Case{true, {false, false}, "requests in flight: 2+"},
        Case{false, {false, true}, "requests in flight: 2, loop-1 says nothing"},
        Case{true, {true, true}, "requests in flight: 2+, 2 loops say nothing"}}) {
    StatusView now = busy();
    now.requests = {{0, "a", "is answered", 0.002}, {1, "b", "waits for its answer", 3}};
    now.loops[0].has_more_requests = expected.more;
    for (std::size_t i = 0; i < 2; ++i) {
      now.loops[i].says_its_requests = !expected.says_nothing[i];
    }
    CHECK(line_with(server::top_screen(quiet(), now, ScreenSize{}), "requests in flight") ==
          expected.line);
  }
}

TEST_CASE("a wait that was for nothing is told of") {
  StatusView now = busy();
  struct Case {
    std::uint64_t turns;
    std::uint64_t switches;
    std::string says;
  };
  // A turn that was long and looked at is counted as both.
  for (const Case& expected : {Case{0, 2, "  BLOCKED 2 times\n"}, Case{3, 0, "  BLOCKED 3 times\n"},
                               Case{3, 2, "  BLOCKED 3 times\n"}, Case{1, 1, "  BLOCKED once\n"}}) {
    CAPTURE(expected.says);
    now.loops[0].blocked_turns = expected.turns;
    now.loops[0].blocking_switches = expected.switches;
    CHECK(server::top_screen(quiet(), now, ScreenSize{200, 0, false}).find(expected.says) !=
          std::string::npos);
  }
}

TEST_CASE("it fits its size, in colour too") {
  StatusView now = busy();
  for (int i = 0; i < 100; ++i) {
    now.requests.push_back({0, std::string(300, 'r') + "ü", "waits for its answer", 1.0 * i});
    now.slowest.push_back({1090, 0.02, "busy", "check", std::string(300, 'x'), "loop-0"});
  }
  for (const std::size_t columns : {20U, 80U, 200U}) {
    for (const std::size_t rows : {1U, 10U, 24U}) {
      CAPTURE(columns);
      CAPTURE(rows);
      for (const bool has_colours : {false, true}) {
        const std::string text =
            server::top_screen(quiet(), now, ScreenSize{columns, rows, has_colours});
        const auto lines = lines_of(uncoloured(text));
        CHECK(lines.size() <= rows);
        for (const std::string& line : lines) CHECK(columns_of(line) <= columns);
      }
    }
  }
  // As wide as there is room for, the bar shows how busy the loop is.
  const std::string wide = server::top_screen(quiet(), busy(), ScreenSize{110, 0, true});
  std::size_t cells = 0;
  for (std::size_t at = 0; (at = wide.find("█", at)) != std::string::npos; ++at) ++cells;
  CHECK(cells == 20);  // half of the 40 that are left
}

TEST_CASE("what names could make a terminal do is not done") {
  StatusView now = busy();
  now.requests = {{0,
                   "a\x1b[2Jb\nc\x7F\xC2\x9B"
                   "d",
                   "e", 1}};
  const std::string text = server::top_screen(quiet(), now, ScreenSize{});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("a?[2Jb?c??d\n") != std::string::npos);
}
