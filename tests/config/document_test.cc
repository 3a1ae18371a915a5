// Goal: the tree has every value with its place, in the order of the file; what is no text of ours
// is refused before it can do harm. Method: tables; limits at the bound and one more.
#include "config/document.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using config::Node;

namespace {

Node parsed(std::string_view text) {
  auto document = config::parse_document(text);
  REQUIRE(document);
  return *document;
}

std::string_view piece(std::string_view text, config::Span span) {
  return text.substr(span.offset, span.size);
}

std::string message_of(std::string_view text) {
  const auto document = config::parse_document(text);
  return document ? "" : document.error().message;
}

}  // namespace

TEST_SUITE("config/document") {
  TEST_CASE("every kind of value, with the span of its token") {
    const std::string_view text =
        "// c\n{ \"a\" : null, /* , : */ \"b\":true,\"c\":false ,\"d\": -12 ,\n"
        "\"e\":1.5e3,\"f\": \"x\\n\\\"\xC3\xBC\", \"a\": [1,2,[ ],], \"g\":{\"h\":{}}, }  // end";
    const Node root = parsed(text);
    REQUIRE(root.kind == Node::Kind::kObject);
    REQUIRE(root.members.size() == 8);
    const auto& members = root.members;
    const std::string_view keys[] = {"a", "b", "c", "d", "e", "f", "a", "g"};
    const std::string_view tokens[] = {
        "null", "true", "false", "-12", "1.5e3", "\"x\\n\\\"\xC3\xBC\"", "[", "{"};
    for (std::size_t i = 0; i < members.size(); ++i) {
      CAPTURE(i);
      CHECK(members[i].key == keys[i]);
      CHECK(piece(text, members[i].key_span) == '"' + std::string(keys[i]) + '"');
      CHECK(piece(text, members[i].value.span) == tokens[i]);
    }
    CHECK(members[0].value.kind == Node::Kind::kNull);
    CHECK(members[1].value.boolean);
    CHECK_FALSE(members[2].value.boolean);
    CHECK(members[3].value.integer == -12);
    CHECK(members[4].value.fraction == doctest::Approx(1500));
    CHECK(members[5].value.string == "x\n\"\xC3\xBC");
    REQUIRE(members[6].value.items.size() == 3);
    CHECK(members[6].value.items[1].integer == 2);
    CHECK(piece(text, members[6].value.items[1].span) == "2");
    CHECK(members[6].value.items[2].kind == Node::Kind::kList);
    REQUIRE(members[7].value.members.size() == 1);
    CHECK(members[7].value.members[0].value.kind == Node::Kind::kObject);
  }

  TEST_CASE("integers at the bounds of 64 bits saturate past them") {
    using Limits = std::numeric_limits<std::int64_t>;
    struct Case {
      std::string_view text;
      std::int64_t value;
    };
    constexpr Case kCases[] = {{"0", 0},
                               {"-0", 0},
                               {"9223372036854775807", Limits::max()},
                               {"9223372036854775808", Limits::max()},
                               {"18446744073709551616", Limits::max()},
                               {"-9223372036854775808", Limits::min()},
                               {"-9223372036854775809", Limits::min()}};
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      const Node node = parsed(test.text);
      CHECK(node.kind == Node::Kind::kInteger);
      CHECK(node.integer == test.value);
      CHECK(node.span.size == test.text.size());
    }
  }

  TEST_CASE("depth: the limit passes, one more is refused") {
    const auto nested = [](std::size_t depth) {
      return std::string(depth, '[') + std::string(depth, ']');
    };
    CHECK(message_of(nested(config::kDocumentDepthMax)).empty());
    CHECK(message_of(nested(config::kDocumentDepthMax + 1)) == "nested more than 64 levels deep");
    CHECK(message_of(std::string(500'000, '[')) == "nested more than 64 levels deep");
  }

  TEST_CASE("size: the limit passes, one more is refused") {
    std::string text = "{}";
    text.resize(config::kDocumentBytesMax, ' ');
    CHECK(message_of(text).empty());
    text += ' ';
    CHECK(message_of(text) == "the file has more than 1048576 bytes");
  }

  TEST_CASE("bytes that no configuration has") {
    struct Case {
      std::string_view text;
      std::size_t offset;
      std::string_view message;
    };
    using std::string_view_literals::operator""sv;
    const Case cases[] = {{"\xEF\xBB\xBF{}", 0, "the file begins with a byte order mark"},
                          {"\xFF\xFE{\0}\0"sv, 0, "the file is UTF-16"},
                          {"\xFE\xFF\0{\0}"sv, 0, "the file is UTF-16"},
                          {"{}\0"sv, 2, "control character U+0000"},
                          {"{ // \x1B\n}", 5, "control character U+001B"},
                          {"[\"\x01\"]", 2, "control character U+0001"},
                          {"{ // \xFC\n}", 5, "byte 0xFC is not UTF-8"},
                          {"[\"\xED\xA0\x80\"]", 2, "byte 0xED is not UTF-8"},
                          {"[\"\xC3", 2, "byte 0xC3 is not UTF-8"}};
    for (const Case& test : cases) {
      CAPTURE(test.message);
      const auto document = config::parse_document(test.text);
      REQUIRE_FALSE(document);
      CHECK(document.error().message == test.message);
      CHECK(document.error().span.offset == test.offset);
    }
  }
}
