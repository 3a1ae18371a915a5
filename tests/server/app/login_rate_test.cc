// Goal: the start table's line about logins has the settings of most users and divides right.
// Method: tables of users, and figures.

#include "server/app/login_rate.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/server/app/basic_credentials.h"

namespace {

using std::chrono::milliseconds;
using test::user_line;

server::UserTables tables_of(const std::string& first, const std::string& second = "") {
  return {server::UserTable::parse(first).table, server::UserTable::parse(second).table};
}

const std::string kSha = "sha:$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8\n";

}  // namespace

TEST_CASE("the settings of most users, of equally many the dearest") {
  CHECK(server::most_frequent_settings(tables_of("")) == nullptr);
  const std::string four = user_line("a", "x", 4) + user_line("b", "x", 4);
  CHECK(server::most_frequent_settings(tables_of(four, user_line("a", "x", 5)))->cost == 4);
  CHECK(server::most_frequent_settings(
            tables_of(four, user_line("a", "x", 5) + user_line("b", "x", 5)))
            ->cost == 5);
}

TEST_CASE("the text") {
  CHECK(server::login_rate_text(12, milliseconds(222), 2) ==
        "cost 12 x 2 workers = about 9 logins/s");
  CHECK(server::login_rate_text(4, milliseconds(1), 1) ==
        "cost 4 x 1 worker = about 1000 logins/s");
  CHECK(server::login_rate_text(17, milliseconds(7600), 1) ==
        "cost 17 x 1 worker = a login in about 8 s");
}

TEST_CASE("measured, with as many workers as have a CPU") {
  CHECK(server::measure_login_rate(tables_of(""), 2, 2).text.empty());
  const auto tables = tables_of(user_line("a", "x", 5));
  CHECK(server::measure_login_rate(tables, 3, 1).text.starts_with("cost 5 x 1 worker = about "));
  CHECK(server::measure_login_rate(tables, 2, 8).text.starts_with("cost 5 x 2 workers = about "));
  CHECK(server::measure_login_rate(tables_of(kSha), 2, 2).text == "SHA-256 x 2 workers");
}

TEST_CASE("workers that share a CPU have their hashes for longer") {
  const auto tables = tables_of(user_line("a", "x", 5));
  CHECK(server::measure_login_rate(tables, 2, 8).hash_time > core::Duration::zero());
  // Far apart, for the machine does other work too.
  CHECK(server::measure_login_rate(tables, 1000, 1).hash_time >
        10 * server::measure_login_rate(tables, 1, 1).hash_time);
  CHECK(server::measure_login_rate(tables_of(kSha), 2, 2).hash_time == core::Duration::zero());
  CHECK(server::measure_login_rate(tables_of(""), 2, 2).hash_time == core::Duration::zero());
}
