// Goal: base64 is decoded as RFC 4648 4 says, and what has another form is refused. Method: the
// RFC's vectors and mistakes by table; then every text of one group over a small alphabet, held
// against an encoder of the test's own.

#include "server/auth/base64.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace {

using server::decode_base64;

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Group by group, with all bits of a group in one number.
std::string encode(const std::string& bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string group = bytes.substr(at, 3);
    unsigned bits = 0;
    for (std::size_t index = 0; index < 3; ++index) {
      bits = bits * 256 + (index < group.size() ? static_cast<unsigned char>(group[index]) : 0U);
    }
    for (std::size_t index = 0; index < 4; ++index) {
      const unsigned value = (bits >> (18 - 6 * index)) & 63U;
      text.push_back(index <= group.size() ? kAlphabet[value] : '=');
    }
  }
  return text;
}

}  // namespace

TEST_CASE("the vectors of RFC 4648 10") {
  const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                 {"Zg==", "f"},
                                                                 {"Zm8=", "fo"},
                                                                 {"Zm9v", "foo"},
                                                                 {"Zm9vYg==", "foob"},
                                                                 {"Zm9vYmE=", "fooba"},
                                                                 {"Zm9vYmFy", "foobar"}};
  for (const auto& vector : vectors) {
    CHECK(decode_base64(vector.first) == vector.second);
    CHECK(encode(vector.second) == vector.first);
  }
}

TEST_CASE("what is not padded, has other characters or a second form is refused") {
  for (const std::string text : {"Z",      "Zg",       "Zg=",      "Zm8",     "Zm9vYg",
                                 "Zh==",   "Zm9=",     "=",        "==",      "===",
                                 "====",   "Z===",     "Zg==Zg==", "Zg= =",   "Zm 9v",
                                 "Zm9v\n", "Zm9v    ", "Zm-_",     "Zm9\x80", "Zg==="}) {
    CAPTURE(text);
    CHECK(decode_base64(text) == std::nullopt);
  }
}

TEST_CASE("bytes of every value come back") {
  std::string bytes;
  for (int value = 0; value < 256; ++value) {
    bytes.push_back(static_cast<char>(value));
    CHECK(decode_base64(encode(bytes)) == bytes);
  }
}

TEST_CASE("of all texts of one group those are taken that the encoder writes") {
  const std::string alphabet = "AQgw/=-";
  std::map<std::string, std::string> written;
  for (int one = 0; one < 256; ++one) {
    const std::string first(1, static_cast<char>(one));
    written[encode(first)] = first;
    for (int two = 0; two < 256; ++two) {
      const std::string second = first + static_cast<char>(two);
      written[encode(second)] = second;
    }
  }
  int taken = 0;
  for (const char a : alphabet) {
    for (const char b : alphabet) {
      for (const char c : alphabet) {
        const std::string text{a, b, c, '='};
        const auto found = written.find(text);
        const auto decoded = decode_base64(text);
        CAPTURE(text);
        CHECK(decoded.has_value() == (found != written.end()));
        if (decoded && found != written.end()) CHECK(*decoded == found->second);
        taken += decoded ? 1 : 0;
      }
    }
  }
  // A, Q, g and w leave the lowest four bits 0, and so the lowest two.
  CHECK(taken == 5 * 5 * 4 + 5 * 4);
}
