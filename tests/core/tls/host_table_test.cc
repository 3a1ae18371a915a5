// Goal: names are compared as DNS and certificates compare them, and the nearest entry answers.
// Method: tables.

#include "core/tls/host_table.h"

#include <doctest/doctest.h>

#include <optional>
#include <string_view>

TEST_CASE("canonical names") {
  struct Row {
    std::string_view host;
    std::string_view canonical;
  };
  const Row rows[] = {
      {"a.example", "a.example"},
      {"A.Example.", "a.example"},
      {"*.A.example", "*.a.example"},
      {"127.0.0.1", "127.0.0.1"},
      {"0:0:0:0:0:0:0:1", "::1"},
      {"2001:DB8::00A", "2001:db8::a"},
      {"1.2.3", "1.2.3"},
      {"", ""},
      {".", ""},
      {"\xc3\x84.example", "\xc3\x84.example"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.host);
    CHECK(core::canonical_host(row.host) == row.canonical);
  }
}

TEST_CASE("a name covers itself, \"*\" exactly one label") {
  struct Row {
    std::string_view name;
    std::string_view host;
    bool covers;
  };
  const Row rows[] = {
      {"a.example", "a.example", true},
      {"a.example", "b.a.example", false},
      {"*.example", "a.example", true},
      {"*.example", "example", false},
      {"*.example", "a.b.example", false},
      {"*.example", ".example", false},
      {"*.0.0.1", "127.0.0.1", false},
      {"127.0.0.1", "127.0.0.1", true},
      {"*", "a", false},
      {"a*.example", "ab.example", false},
      {"", "", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CAPTURE(row.host);
    CHECK(core::name_covers(row.name, row.host) == row.covers);
  }
}

TEST_CASE("the exact name, then the wildcard, then the default") {
  core::HostTable table;
  CHECK(table.find("a.example") == std::nullopt);
  CHECK(table.default_entry() == std::nullopt);
  CHECK(table.add("*.Example", 1));
  CHECK(table.add("a.example.", 2));
  CHECK(table.add("::1", 3));
  CHECK(table.find("b.example") == 1U);
  CHECK(table.find("A.EXAMPLE") == 2U);
  CHECK(table.find("0::1") == 3U);
  CHECK(table.find("example") == std::nullopt);
  CHECK(table.find("") == std::nullopt);
  CHECK(table.add("", 4));
  CHECK(table.default_entry() == 4U);
  CHECK(table.find("example") == 4U);
  CHECK(table.find("a.b.example") == 4U);
  CHECK(table.find(".example") == 4U);
  CHECK(table.find("*.example") == 1U);
}

TEST_CASE("a name has one entry") {
  core::HostTable table;
  CHECK(table.add("a", 0));
  CHECK_FALSE(table.add("A.", 1));
  CHECK(table.add("*.a", 1));
  CHECK_FALSE(table.add("*.A", 2));
  CHECK(table.add("", 0));
  CHECK_FALSE(table.add("", 0));
}
