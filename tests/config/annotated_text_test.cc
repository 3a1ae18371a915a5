// Goal: lines with their comments, aligned where they stand together. Method: a small text.

#include "config/annotated_text.h"

#include <doctest/doctest.h>

#include <string>

TEST_SUITE("config/annotated_text") {
  TEST_CASE("comments are aligned between brackets, and a long line stands apart") {
    config::AnnotatedText text;
    text.note("first");
    text.open("{", "");
    text.add("\"a\": 1", "here");
    text.add("\"b\": \"\xC3\xBC\"", "there");
    text.open("\"c\": [", "list");
    text.add(std::string(70, 'x'), "far");
    text.add("1", "near");
    text.add("2", "");
    text.close("]");
    text.note("last");
    text.add("3", "end");
    text.close("}");
    CHECK(text.text() == R"(// first
{
  "a": 1,    // here
  "b": ")"
                         "\xC3\xBC"
                         R"(",  // there
  "c": [  // list
    )" + std::string(70, 'x') +
                             R"(,  // far
    1,  // near
    2,
  ],
  // last
  3,  // end
}
)");
  }
}
