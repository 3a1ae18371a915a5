// Goal: base64 as others read it. Method: the test vectors of RFC 4648 10, and every character.

#include "loadtest/base64.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

struct Vector {
  std::string_view bytes;
  std::string_view text;
};

std::string encoded(std::string_view bytes) {
  std::string text;
  loadtest::append_base64(text, bytes);
  return text;
}

}  // namespace

TEST_CASE("the vectors of the RFC") {
  const std::vector<Vector> vectors{
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const Vector& vector : vectors) CHECK(encoded(vector.bytes) == vector.text);
}

TEST_CASE("all characters, from bytes of any value") {
  CHECK(encoded({"\x00\x10\x83\x10\x51\x87\x20\x92\x8B\x30\xD3\x8F\x41\x14\x93\x51\x55\x97\x61\x96"
                 "\x9B\x71\xD7\x9F\x82\x18\xA3\x92\x59\xA7\xA2\x9A\xAB\xB2\xDB\xAF\xC3\x1C\xB3\xD3"
                 "\x5D\xB7\xE3\x9E\xBB\xF3\xDF\xBF",
                 48}) == "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

TEST_CASE("what is there stays") {
  std::string text = "Basic ";
  loadtest::append_base64(text, "a:b");
  CHECK(text == "Basic YTpi");
}
