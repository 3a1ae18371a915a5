// Goal: names compare without case and in ASCII only, lists are split at their commas, and what is
// written can be read back. Method: tables after RFC 9110 5.
#include "server/http/field.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using server::equal_ignoring_case;
using server::Field;
using server::FieldBlock;
using server::FieldList;
using server::list_holds;

TEST_CASE("RFC 9110 5.1: names are compared without case") {
  CHECK(equal_ignoring_case("", ""));
  CHECK(equal_ignoring_case("Host", "hOST"));
  CHECK(equal_ignoring_case("a-Z_0", "A-z_0"));
  CHECK_FALSE(equal_ignoring_case("Host", "Hosts"));
  CHECK_FALSE(equal_ignoring_case("Host", ""));
  CHECK_FALSE(equal_ignoring_case("\xc4", "\xe4"));  // A with dots in Latin-1
}

TEST_CASE("no two different ASCII characters are equal but for the case of letters") {
  for (char left = 1; left < 127; ++left) {
    for (char right = 1; right < 127; ++right) {
      const bool letters = (left | 0x20) >= 'a' && (left | 0x20) <= 'z';
      const bool expected = left == right || (letters && (left ^ right) == 0x20);
      REQUIRE(equal_ignoring_case({&left, 1}, {&right, 1}) == expected);
    }
  }
}

TEST_CASE("RFC 9110 5.6.1: what a list holds") {
  for (const std::string list : {"close", "CLOSE", " close ", "\tclose\t", "a,close",
                                 "a , close , b", ",,close,,", "close,a", "a,\t close"}) {
    CAPTURE(list);
    CHECK(list_holds(list, "close"));
  }
  for (const std::string list : {"", ",", " ", "closed", "xclose", "a close", "close a", "clo,se",
                                 "\"close\"", "close;a", "c lose"}) {
    CAPTURE(list);
    CHECK_FALSE(list_holds(list, "close"));
  }
}

TEST_CASE("RFC 9110 5.6.1: the elements of a list") {
  std::string_view list = "a,, b\tc ,";
  CHECK(server::take_list_element(list) == "a");
  CHECK(server::take_list_element(list) == "");
  CHECK(server::take_list_element(list) == "b\tc");
  CHECK(list.empty());
}

TEST_CASE("the first field of a name is found, and how many there are") {
  FieldList fields;
  CHECK(fields.find("a") == nullptr);
  CHECK(fields.count_of("a") == 0);
  fields.add({"A", ""});
  fields.add({"b", "1"});
  fields.add({"a", "2"});
  REQUIRE(fields.find("a") != nullptr);
  CHECK(fields.find("a")->value == "");
  CHECK(fields.count_of("a") == 2);
  CHECK(fields.count_of("B") == 1);
  CHECK(fields.count() == 3);
  fields.clear();
  CHECK(fields.count() == 0);
  CHECK(fields.find("a") == nullptr);
}

TEST_CASE("the order of arrival is kept") {
  FieldList fields;
  for (const std::string_view name : {"c", "a", "b", "a"}) fields.add({name, ""});
  std::string order;
  for (const Field& field : fields) order += field.name;
  CHECK(order == "caba");
}

TEST_CASE("fields of an answer are lines") {
  FieldBlock block;
  CHECK(block.text() == "");
  block.add("A", "1");
  block.add("B", "");
  CHECK(block.text() == "A: 1\r\nB: \r\n");
  block.clear();
  CHECK(block.text() == "");
}
