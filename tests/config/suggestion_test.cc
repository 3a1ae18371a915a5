// Goal: slips of the fingers find the word that was meant; other words get the list.
// Method: tables of words.
#include "config/suggestion.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

TEST_SUITE("config/suggestion") {
  TEST_CASE("edit distance") {
    struct Case {
      std::string_view left;
      std::string_view right;
      std::size_t distance;
    };
    constexpr Case kCases[] = {{"", "", 0},
                               {"", "abc", 3},
                               {"abc", "", 3},
                               {"listen", "LISTEN", 0},
                               {"lisen", "listen", 1},
                               {"listne", "listen", 1},
                               {"lissten", "listen", 1},
                               {"lizten", "listen", 1},
                               {"kitten", "sitting", 3},
                               {"ca", "abc", 3}};
    for (const Case& test : kCases) {
      CAPTURE(test.left);
      CHECK(config::edit_distance(test.left, test.right) == test.distance);
      CHECK(config::edit_distance(test.right, test.left) == test.distance);
    }
  }

  TEST_CASE("the closest word, or all of them") {
    constexpr std::array<std::string_view, 3> kWords = {"listen", "limits", "sites"};
    CHECK(config::suggestion_help("lisen", kWords) == "did you mean \"listen\"?");
    CHECK(config::suggestion_help("Limit", kWords) == "did you mean \"limits\"?");
    CHECK(config::suggestion_help("site", kWords) == "did you mean \"sites\"?");
    CHECK(config::suggestion_help("foo", kWords) == "allowed: \"listen\", \"limits\", \"sites\"");
    CHECK(config::suggestion_help("", kWords) == "allowed: \"listen\", \"limits\", \"sites\"");
  }

  TEST_CASE("a word longer than any key is compared to nothing") {
    constexpr std::array<std::string_view, 1> kWords = {"listen"};
    CHECK_FALSE(config::closest(std::string(1000, 'l'), kWords));
  }
}
