// Goal: host names in the form requests are compared with; what can never match is refused.
// Method: tables, lengths at the bound and one more.
#include "config/host_name.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace {

// `size` bytes of labels.
std::string name_of_size(std::size_t size) {
  std::string name;
  while (name.size() < size) name += name.size() % 10 == 9 ? '.' : 'a';
  if (name.back() == '.') name.back() = 'a';
  return name;
}

}  // namespace

TEST_SUITE("config/host_name") {
  TEST_CASE("names are lower-cased") {
    struct Case {
      std::string_view text;
      std::string_view name;
    };
    constexpr Case kCases[] = {{"a.example", "a.example"},
                               {"WWW.Example.ORG", "www.example.org"},
                               {"localhost", "localhost"},
                               {"my_app", "my_app"},
                               {"127.0.0.1", "127.0.0.1"},
                               {"*.Example.org", "*.example.org"},
                               {"xn--bcher-kva.example", "xn--bcher-kva.example"}};
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      const auto name = config::parse_host_name(test.text);
      REQUIRE(name);
      CHECK(*name == test.name);
    }
  }

  TEST_CASE("what is refused, and the help") {
    struct Case {
      std::string_view text;
      std::string_view help;
    };
    constexpr std::string_view kStar = "'*' can only be the whole first label: \"*.example.org\"";
    constexpr std::string_view kGeneral = "such as \"www.example.org\" or \"*.example.org\"";
    constexpr Case kCases[] = {{"", kGeneral},
                               {"*", "a site without \"hosts\" answers for every name"},
                               {"*.", kStar},
                               {"*.*.a", kStar},
                               {"www.*", kStar},
                               {"a*.example", kStar},
                               {"a.example:80", "a name alone, without port"},
                               {"[::1]", "a name alone, without port"},
                               {"http://a.example", "a name alone, without scheme and path"},
                               {"a.example/x", "a name alone, without scheme and path"},
                               {"a.example.", "leave the last dot out"},
                               {".a", kGeneral},
                               {"a..b", kGeneral},
                               {"-a.b", kGeneral},
                               {"a-.b", kGeneral},
                               {"a b", kGeneral},
                               {"b\xC3\xBC"
                                "cher.example",
                                "international names are written in their xn-- form"}};
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      const auto name = config::parse_host_name(test.text);
      REQUIRE_FALSE(name);
      CHECK(name.error().message.ends_with("is not a host name"));
      CHECK(name.error().help == test.help);
    }
  }

  TEST_CASE("lengths: the limit passes, one more is refused") {
    CHECK(config::parse_host_name(std::string(63, 'a')));
    CHECK_FALSE(config::parse_host_name(std::string(64, 'a')));
    CHECK(config::parse_host_name(name_of_size(253)));
    CHECK_FALSE(config::parse_host_name(name_of_size(254)));
  }
}
