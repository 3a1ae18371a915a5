// Goal: only what RFC 9110 allows goes into a header field. Method: tables of texts.
#include "config/field_text.h"

#include <doctest/doctest.h>

#include <string_view>

TEST_SUITE("config/field_text") {
  TEST_CASE("tokens") {
    for (const std::string_view text : {"a", "X-Frame-Options", "!#$%&'*+-.^_`|~09"}) {
      CAPTURE(text);
      CHECK(config::is_token(text));
    }
    for (const std::string_view text : {"", "a b", "a:", "a\r", "\xC3\xBC", "a/b", "\"a\""}) {
      CAPTURE(text);
      CHECK_FALSE(config::is_token(text));
    }
  }

  TEST_CASE("names and values") {
    CHECK(config::same_name("ETag", "etag"));
    CHECK_FALSE(config::same_name("ETag", "ETags"));
    CHECK_FALSE(config::check_field_value("A", ""));
    CHECK_FALSE(config::check_field_value("A", "x y"));
    for (const std::string_view text : {" ", " x", "x "}) {
      CAPTURE(text);
      CHECK(config::check_field_value("A", text));
    }
  }

  TEST_CASE("media types") {
    for (const std::string_view text :
         {"text/html", "text/html;charset=utf-8", "text/html ; charset=utf-8; a=b",
          "a/b; c=\"d e\"", "image/svg+xml", "application/vnd.ms-excel"}) {
      CAPTURE(text);
      CHECK_FALSE(config::check_media_type(text));
    }
    for (const std::string_view text :
         {"", "text", "text/", "/html", "text/html/x", " text/html", "text/html ", "text/html;",
          "text/html; charset", "text/html; =a", "text/html; a=", "text/html; a=\"", "a b/c",
          "text/html; a=\"b\"c\""}) {
      CAPTURE(text);
      CHECK(config::check_media_type(text));
    }
    const auto error = config::check_media_type("html");
    REQUIRE(error);
    CHECK(error->message == "\"html\" is not a media type");
    CHECK(error->help == "a type and a subtype, such as \"text/html; charset=utf-8\"");
  }
}
