// Goal: each key takes its values and refuses others in words that name what is allowed; numbers at
// their bounds and one past them.
// Method: tables of members put into a right file; the important errors as whole rendered texts.
#include "config/sections.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/config/sample.h"

using config::errors_of_members;
using config::Wrong;

namespace {

void check(const Wrong& test) {
  config::check_errors(test.text, errors_of_members(test.text), test.error);
}

}  // namespace

TEST_SUITE("config/sections") {
  TEST_CASE("numbers at their bounds and one past them") {
    constexpr Wrong kCases[] = {
        {R"("limits": {"header_timeout": "100ms"})", ""},
        {R"("limits": {"header_timeout": "99ms"})", "header_timeout must be from 100ms to 1h"},
        {R"("limits": {"header_timeout": "1h"})", ""},
        {R"("limits": {"header_timeout": "3600001ms"})", "header_timeout must be from 100ms to 1h"},
        {R"("limits": {"body_timeout": "100ms"})", ""},
        {R"("limits": {"body_timeout": "0s"})", "body_timeout must be from 100ms to 1h"},
        {R"("limits": {"send_timeout": "60m"})", ""},
        {R"("limits": {"send_timeout": "61m"})", "send_timeout must be from 100ms to 1h"},
        {R"("limits": {"keepalive_timeout": "620s"})", ""},
        {R"("limits": {"keepalive_timeout": "2h"})", "keepalive_timeout must be from 100ms to 1h"},
        {R"("limits": {"header_size": 1024})", ""},
        {R"("limits": {"header_size": 1023})", "header_size must be from 1KiB to 1MiB"},
        {R"("limits": {"header_size": "1MiB"})", ""},
        {R"("limits": {"header_size": "1048577"})", "header_size must be from 1KiB to 1MiB"},
        {R"("limits": {"header_fields": 1})", ""},
        {R"("limits": {"header_fields": 0})", "header_fields must be from 1 to 10000"},
        {R"("limits": {"header_fields": 10000})", ""},
        {R"("limits": {"header_fields": 10001})", "header_fields must be from 1 to 10000"},
        {R"("limits": {"body_size": 0})", ""},
        {R"("limits": {"body_size": -1})", "body_size must be from 0B to 1TiB"},
        {R"("limits": {"body_size": "1TiB"})", ""},
        {R"("limits": {"body_size": 1099511627777})", "body_size must be from 0B to 1TiB"},
        {R"("limits": {"body_size": 99999999999999999999})", "body_size must be from 0B to 1TiB"},
        {R"("limits": {"connections": 1})", ""},
        {R"("limits": {"connections": 0})", "connections must be from 1 to 1000000"},
        {R"("limits": {"connections": 1000000})", ""},
        {R"("limits": {"connections": 1000001})", "connections must be from 1 to 1000000"},
        {R"("limits": {"connections_per_address": 1})", ""},
        {R"("limits": {"connections_per_address": 0})",
         "connections_per_address must be from 1 to 1000000"},
        {R"("limits": {"connections_per_address": -1})",
         "connections_per_address must be from 1 to 1000000"},
        {R"("limits": {"connections_per_address": 1000000})", ""},
        {R"("limits": {"connections_per_address": 1000001})",
         "connections_per_address must be from 1 to 1000000"},
        {R"("limits": {"body_rate": "1B/s"})", ""},
        {R"("limits": {"body_rate": "0B/s"})", "body_rate must be from 1B/s to 1GiB/s"},
        {R"("limits": {"body_rate": "1GiB/s"})", ""},
        {R"("limits": {"body_rate": "1073741825B/s"})", "body_rate must be from 1B/s to 1GiB/s"},
        {R"("drain": {"timeout": "0s"})", ""},
        {R"("drain": {"timeout": "1h"})", ""},
        {R"("drain": {"timeout": "3601s"})", "timeout must be from 0ms to 1h"},
        {R"("loops": 1)", ""},
        {R"("loops": 0)", "loops must be from 1 to 1024"},
        {R"("loops": 1024)", ""},
        {R"("loops": 1025)", "loops must be from 1 to 1024"},
    };
    for (const Wrong& test : kCases) check(test);
  }

  TEST_CASE("values and kinds") {
    constexpr Wrong kCases[] = {
        {R"("$schema": "https://x/y")", ""},
        {R"("$schema": 1)", "$schema must be a string, not a number"},
        {R"("version": 1)", ""},
        {R"("version": 2)", "^ this ouro reads version 1"},
        {R"("version": "1")", "version must be a whole number, not a string"},
        {R"("version": 1.0)", "version must be a whole number, not a fraction"},
        {R"("loops": "auto")", ""},
        {R"("loops": "aut")", "^~~~~ did you mean \"auto\"?"},
        {R"("loops": 1.5)", "loops must be a whole number or \"auto\", not a fraction"},
        {R"("engine": "auto")", ""},
        {R"("engine": "io_uring")", ""},
        {R"("engine": "epoll")", ""},
        {R"("engine": "iouring")", "did you mean \"io_uring\"?"},
        {R"("engine": "kqueue")", "allowed: \"auto\", \"io_uring\", \"epoll\""},
        {R"("engine": null)", "engine must be a string, not null"},
        {R"("limits": [])", "limits must be an object, not a list"},
        {R"("limits": {})", ""},
        {R"("limits": {"header_timeout": 30})", "^~ a string with a unit, such as \"30s\""},
        {R"("limits": {"header_timeout": "30"})", "it needs a unit: \"30s\" or \"30ms\""},
        {R"("limits": {"header_timeout": null})", "header_timeout must be a string, not null"},
        {R"("limits": {"header_size": "16k"})", "did you mean \"16KiB\"?"},
        {R"("limits": {"header_size": 1.5})", "header_size must be a string, not a fraction"},
        {R"("limits": {"body_rate": null})", ""},
        {R"("limits": {"body_rate": "0B/s"})", "^~~~~~ null for none"},
        {R"("limits": {"body_rate": 240})", "body_rate must be a string, not a number"},
        {R"("limits": {"body_rate": 240})", "a rate, such as \"240B/s\", or null"},
        {R"("limits": {"body_rate": []})", "body_rate must be a string, not a list"},
        {R"("limits": {"body_rate": "240"})", "did you mean \"240B/s\"?"},
        {R"("limits": {"body_rate": "16k/s"})", "did you mean \"16KiB/s\"?"},
        {R"("limits": {"body_rate": "fast"})", "\"fast\" is not a rate"},
        {R"("limits": {"connections_per_address": null})", ""},
        {R"("limits": {"connections_per_address": 0})", "^ null for none"},
        {R"("limits": {"connections_per_address": "20"})",
         "connections_per_address must be a whole number, not a string"},
        {R"("limits": {"connections_per_address": 1.5})",
         "connections_per_address must be a whole number, not a fraction"},
        {R"("limits": {"connections_per_address": false})",
         "connections_per_address must be a whole number, not a boolean"},
        {R"("limits": {"connections_per_addres": 1})", "did you mean \"connections_per_address\"?"},
        {R"("limits": {"connections": null})", "connections must be a whole number, not null"},
        {R"("limits": {"header_fields": "100"})", "header_fields must be a whole number"},
        {R"("limits": {"header_timout": "1s"})", "did you mean \"header_timeout\"?"},
        {R"("drain": {"delay": "1s"})", ""},
        {R"("drain": {"delay": "2h"})", "delay must be from 0ms to 1h"},
        {R"("lanes": {"files": {"threads": "auto", "queue": 16}})", ""},
        {R"("lanes": {"files": {"threads": 65}})", "threads must be from 1 to 64"},
        {R"("lanes": {"files": {"queue": "lots"}})", "is not a valid value for queue"},
        {R"("lanes": {"file": {}})", "did you mean \"files\"?"},
        {R"("log": {"format": "json"})", ""},
        {R"("log": {"format": "jsn"})", "did you mean \"json\"?"},
        {R"("log": {"access": "stdout"})", ""},
        {R"("log": {"access": "stderr"})", ""},
        {R"("log": {"access": null})", ""},
        {R"("log": {"access": "./a.log"})", ""},
        {R"("log": {"access": "/var/log/a.log"})", ""},
        {R"("log": {"access": "stdot"})", "did you mean \"stdout\"?"},
        {R"("log": {"access": "access.log"})", "a file is written \"./access.log\""},
        {R"("log": {"access": "logs/"})", "\"logs/\" is a directory"},
        {R"("log": {"access": ""})", "allowed: \"stdout\", \"stderr\", a path with a '/', null"},
        {R"("log": {"access": false})", "access must be a string, not a boolean"},
        {R"("log": {"access": "/${env:OURO_TEST_UNSET}"})", "OURO_TEST_UNSET is not set"},
        {R"("tls": {})", ""},
        {R"("tls": true)", "tls must be an object, not a boolean"},
        {R"("lanes": {"tls": {"threads": 64, "queue": "auto"}})", ""},
        {R"("lanes": {"tls": {"threads": 65}})", "threads must be from 1 to 64"},
        {R"("lanes": {"tls": 4})", "tls must be an object, not a number"},
        {R"("admin": {})", ""},
        {R"("admin": {"address": null})", ""},
        {R"("admin": {"address": ":9180"})", ""},
        {R"("admin": {"address": 9180})", "an address must be a string, not a number"},
        {R"("admin": {"adress": null})", "did you mean \"address\"?"},
    };
    for (const Wrong& test : kCases) check(test);
  }

  TEST_CASE("null takes a limit away, and a limit that is not mentioned has its default") {
    const auto limits_of = [](std::string_view members) {
      const config::LoadResult result = config::load_text(
          "{\"listen\": [\":80\"], \"limits\": {" + std::string(members) +
              "}, \"sites\": [{\"routes\": [{\"files\": {\"root\": \"/srv\"}}]}]}",
          "ouro.jsonc", "/etc/ouro");
      REQUIRE(result);
      return result->config.limits;
    };
    CHECK(limits_of("").body_rate == 240);
    CHECK(limits_of(R"("body_rate": null)").body_rate == 0);
    CHECK(limits_of(R"("body_rate": "3KiB/s")").body_rate == 3072);
    CHECK(limits_of("").connections_per_address == 0);
    CHECK(limits_of(R"("connections_per_address": null)").connections_per_address == 0);
    CHECK(limits_of(R"("connections_per_address": 7)").connections_per_address == 7);
  }
}
