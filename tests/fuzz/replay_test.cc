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
