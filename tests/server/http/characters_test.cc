// Goal: whole texts are judged as their characters are, one by one. Method: every byte in every
// place of texts of every length up to two words of eight bytes and some, between good neighbours
// that sit at the edges of what is allowed.
#include "server/http/characters.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using server::all_field_content;
using server::is_field_content;
using server::is_token;
using server::is_token_character;
using server::leading_token;

namespace {

constexpr std::size_t kLengthMax = 20;

template <typename Check>
void for_every_byte_in_every_place(const char neighbour, Check check) {
  for (std::size_t length = 1; length <= kLengthMax; ++length) {
    for (std::size_t place = 0; place < length; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(length, neighbour);
        text[place] = static_cast<char>(byte);
        check(text, place);
      }
    }
  }
}

}  // namespace

TEST_CASE("a text is field content when each of its characters is") {
  CHECK(all_field_content(""));
  for (const char neighbour : {' ', '\t', '~', '\x80', '\xFF'}) {
    std::size_t wrong = 0;
    for_every_byte_in_every_place(neighbour, [&](const std::string& text, std::size_t place) {
      if (all_field_content(text) != is_field_content(text[place])) ++wrong;
    });
    CHECK(wrong == 0);
  }
}

TEST_CASE("a token ends at the first character that is none") {
  CHECK(leading_token("").empty());
  CHECK_FALSE(is_token(""));
  std::size_t wrong = 0;
  for_every_byte_in_every_place('a', [&](const std::string& text, std::size_t place) {
    const bool good = is_token_character(text[place]);
    if (is_token(text) != good) ++wrong;
    if (leading_token(text).size() != (good ? text.size() : place)) ++wrong;
  });
  CHECK(wrong == 0);
}

TEST_CASE("RFC 9110 5.6.2: the token characters") {
  std::string found;
  for (int byte = 0; byte < 256; ++byte) {
    if (is_token_character(static_cast<char>(byte))) found += static_cast<char>(byte);
  }
  CHECK(found == "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");
}
