// Goal: every guess is the request that was meant, with credentials that were never sent before,
// by no loop and in no other run. Method: by hand; then thousands of several loops and runs.

#include "loadtest/guesses.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "loadtest/base64.h"

using loadtest::Guesses;

namespace {

constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

std::string guess_of(std::string_view credentials) {
  std::string text = "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic ";
  loadtest::append_base64(text, credentials);
  return text + "\r\n\r\n";
}

}  // namespace

TEST_CASE("a user, and passwords that count") {
  Guesses guesses("anna", 0xFEDCBA9876543210, 0, 1);
  CHECK(guesses.next(kRequest) == guess_of("anna:fedcba98765432100000000000000000"));
  CHECK(guesses.next(kRequest) == guess_of("anna:fedcba98765432100000000000000001"));
  for (int i = 2; i < 255; ++i) static_cast<void>(guesses.next(kRequest));
  CHECK(guesses.next(kRequest) == guess_of("anna:fedcba987654321000000000000000ff"));
  CHECK(guesses.next(kRequest) == guess_of("anna:fedcba98765432100000000000000100"));
}

TEST_CASE("loops and runs share no password") {
  constexpr std::size_t kLoops = 3;
  constexpr std::size_t kEach = 1000;
  std::set<std::string, std::less<>> seen;
  for (const std::uint64_t nonce : {0U, 1U, 256U}) {
    for (std::size_t index = 0; index < kLoops; ++index) {
      Guesses guesses("anna", nonce, index, kLoops);
      for (std::size_t i = 0; i < kEach; ++i) seen.emplace(guesses.next(kRequest));
    }
  }
  CHECK(seen.size() == 3 * kLoops * kEach);
}

TEST_CASE("requests may differ in length") {
  Guesses guesses("", 0, 0, 1);
  const std::string longer = "GET /" + std::string(1000, 'a') + " HTTP/1.1\r\n\r\n";
  CHECK(guesses.next(longer).starts_with("GET /aaa"));
  CHECK(guesses.next("GET / HTTP/1.1\r\n\r\n") ==
        "GET / HTTP/1.1\r\nAuthorization: Basic "
        "OjAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAx\r\n\r\n");
}
