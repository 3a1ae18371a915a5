// Goal: a field section becomes exactly the fields that RFC 9112 5 has in it, or is refused.
// Method: tables, and every byte in every place of a field.
#include "server/http/field_section.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using server::FieldList;
using server::parse_field_section;

namespace {

constexpr std::size_t kFieldsMax = 3;

int status_of(const std::string& section) {
  FieldList fields;
  return parse_field_section(section, kFieldsMax, fields);
}

}  // namespace

TEST_CASE("fields are views into the section, without the white space around their values") {
  const std::string section = "Host: x\r\nA:\r\nb-2:\t two  words \t \r\n\r\n";
  FieldList fields;
  REQUIRE(parse_field_section(section, kFieldsMax, fields) == 0);
  REQUIRE(fields.count() == 3);
  CHECK(fields.find("host")->value == "x");
  CHECK(fields.find("a")->value.empty());
  CHECK(fields.find("B-2")->value == "two  words");
  CHECK(fields.find("host")->name.data() == section.data());
}

TEST_CASE("a section may be empty") {
  FieldList fields;
  CHECK(parse_field_section("\r\n", 0, fields) == 0);
  CHECK(fields.count() == 0);
}

TEST_CASE("the number of fields: at the limit, and one more") {
  CHECK(status_of("a: b\r\nc: d\r\ne: f\r\n\r\n") == 0);
  CHECK(status_of("a: b\r\nc: d\r\ne: f\r\ng: h\r\n\r\n") == 431);
}

TEST_CASE("a section ends with its empty line") {
  for (const std::string section : {"", "\r", "a: b", "a: b\r\n", "a: b\r\n\r\nc: d\r\n\r\n"}) {
    CAPTURE(section);
    CHECK(status_of(section) == 400);
  }
}

TEST_CASE("lines that are no field") {
  for (const std::string line : {"a", "a b", ": b", ":", "a : b", "a\t: b", " a: b", "a b: c",
                                 "(a): b", "\"a\": b", "a;b: c", "a/b: c", "\xc3\xa4: b"}) {
    CAPTURE(line);
    CHECK(status_of(line + "\r\n\r\n") == 400);
    CHECK(status_of("x: y\r\n" + line + "\r\n\r\n") == 400);
  }
}

TEST_CASE("RFC 9110 5.1 and 5.5: which bytes a name and a value may hold, one by one") {
  const std::string_view tokens =
      "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (int byte = 0; byte < 256; ++byte) {
    if (byte == '\r' || byte == '\n') continue;  // never inside a line
    CAPTURE(byte);
    const std::string c(1, static_cast<char>(byte));
    const bool in_name = tokens.find(c) != std::string_view::npos;
    // A colon ends the name.
    CHECK((status_of("a" + c + "b: v\r\n\r\n") == 0) == (in_name || byte == ':'));
    const bool in_value = byte == '\t' || (byte >= ' ' && byte != 0x7F);
    CHECK((status_of("n: a" + c + "b\r\n\r\n") == 0) == in_value);
    CHECK((status_of("n: " + c + "\r\n\r\n") == 0) == in_value);
  }
}
