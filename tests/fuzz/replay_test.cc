// Goal: every property that the fuzzer tries to break holds for the inputs we keep, with any
// compiler and in every run of the tests. Method: the files of tests/fuzz/corpus, whose names say
// what each is for, and for the differential also the streams of tests/server/http/corpus.h. What
// the fuzzer finds becomes a file here.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/properties.h"
#include "tests/server/http/corpus.h"

namespace {

using Property = std::string (*)(std::string_view);

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void replay(const std::string& target, Property property) {
  std::size_t files = 0;
  const std::filesystem::path folder = std::filesystem::path(OURO_FUZZ_CORPUS) / target;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    CAPTURE(entry.path().string());
    CHECK(property(read_file(entry.path())) == "");
    ++files;
  }
  CHECK(files > 10);
}

}  // namespace

TEST_CASE("session: the corpus") { replay("session", fuzz::session_problem); }

TEST_CASE("differential: the corpus") { replay("differential", fuzz::differential_problem); }

TEST_CASE("target: the corpus") { replay("target", fuzz::target_problem); }

TEST_CASE("dates: the corpus") { replay("dates", fuzz::dates_problem); }

TEST_CASE("ranges: the corpus") { replay("ranges", fuzz::ranges_problem); }

TEST_CASE("differential: streams that tests of the session use") {
  for (const http_test::RefusedCase& one : http_test::all_refused()) {
    CAPTURE(one.name);
    CHECK(fuzz::differential_problem(one.bytes + http_test::get("/smuggled")) == "");
    // Cut short, it is still refused or waited for, and nothing else.
    for (std::size_t size = 0; size < one.bytes.size(); ++size) {
      CHECK(fuzz::differential_problem(one.bytes.substr(0, size)) == "");
    }
  }
  for (const http_test::AcceptedCase& one : http_test::all_accepted()) {
    CAPTURE(one.name);
    CHECK(fuzz::differential_problem(one.bytes) == "");
    for (std::size_t size = 0; size < one.bytes.size(); ++size) {
      CHECK(fuzz::differential_problem(one.bytes.substr(0, size)) == "");
    }
  }
}

// Longer than what the fuzzer tries. In server/http: chunked_decoder.h, http1_parser.cc,
// http1_session.h.
TEST_CASE("differential: one byte around each of the large limits, finished or not") {
  const auto check = [](const auto& stream_of, std::size_t limit) {
    for (std::size_t size = limit - 2; size <= limit + 2; ++size) {
      CAPTURE(size);
      const std::string stream = stream_of(size);
      for (std::size_t cut = 0; cut < 12; ++cut) {
        CAPTURE(cut);
        const std::string_view part = std::string_view(stream).substr(0, stream.size() - cut);
        CHECK(fuzz::differential_problem(part) == "");
        CHECK(fuzz::long_head_problem(part) == "");
      }
    }
  };
  const std::string end = "\r\n0\r\n\r\n";
  // The line's CR counts.
  check(
      [&](std::size_t size) {
        return http_test::chunked(std::string(size - 2, '0') + "1\r\nb" + end);
      },
      8192);
  check(
      [&](std::size_t size) {
        return http_test::chunked("1;a=\"" + std::string(size - 5, 'a') + "\"\r\nb" + end);
      },
      4096);
  check(
      [&](std::size_t size) {
        return http_test::chunked("1" + std::string(size - 2, ' ') + ";a\r\nb" + end);
      },
      4096);
  check(
      [&](std::size_t size) {
        return http_test::chunked("0\r\nX: " + std::string(size - 7, 'a') + "\r\n\r\n");
      },
      8192);
  check([&](std::size_t size) { return http_test::get("/" + std::string(size - 1, 'a')); }, 8192);
  check(
      [&](std::size_t size) {
        const std::size_t rest = http_test::get("/", "X: \r\n").size();
        return http_test::get("/", "X: " + std::string(size - rest, 'a') + "\r\n");
      },
      16384);
  check([&](std::size_t size) { return "GET /" + std::string(size - 5, 'a'); }, 16384);
  check([&](std::size_t size) { return http_test::with_length(std::string(size, 'b')); }, 64);
}
