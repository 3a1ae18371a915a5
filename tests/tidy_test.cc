// Goal: the house rules that a machine can keep are kept by the whole tree, after TigerBeetle's
// tidy. Method: the rules are pure functions over (path, text). Each is first tried on small
// examples that break it, because a check that has never failed proves nothing; then all run over
// the real files.
#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "tests/tidy/rules.h"

namespace {

using tidy::Findings;
using tidy::SourceFile;
using tidy::SourceTree;

struct Example {
  std::string path;
  std::string text;
  std::string expected;  // a part of the only finding; empty: the file is fine
};

std::string report(const Findings& findings) {
  std::string text;
  for (const auto& finding : findings) text += to_string(finding) + "\n";
  return text;
}

void check_findings(const Findings& findings, const std::string& expected) {
  INFO("expected: " << expected);
  INFO("findings:\n" << report(findings));
  CHECK(findings.size() == (expected.empty() ? 0U : 1U));
  CHECK(report(findings).find(expected) != std::string::npos);
}

template <typename Rule>
void check_examples(Rule rule, const std::vector<Example>& examples) {
  for (const auto& example : examples) {
    CAPTURE(example.path);
    CAPTURE(example.text);
    check_findings(rule(SourceFile{example.path, example.text}), example.expected);
  }
}

std::string include(const std::string& path) { return "#include \"" + path + "\"\n"; }

std::string include_system(const std::string& path) { return "#include <" + path + ">\n"; }

std::string lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "x\n";
  return text;
}

}  // namespace

TEST_CASE("a forbidden include direction is found") {
  check_examples(
      tidy::check_include_direction,
      {
          {"core/base/a.h", include("core/io/inbox.h"),
           "core/base/a.h:1: includes core/io/inbox.h"},
          {"core/base/a.h", "\n# include \"core/io/inbox.h\"\n", "core/base/a.h:2: "},
          {"core/base/a.h", include("core/base/b.h"), ""},
          {"core/io/a.cc", include("core/base/b.h"), ""},
          {"core/io/a.cc", include("core/work/job.h"), "may include only core/base"},
          {"core/work/a.cc", include("core/io/inbox.h"), ""},
          {"core/work/a.cc", include("core/io/uring_backend.h"), "but not"},
          {"core/log/a.cc", include("core/work/job.h"), "core/log may include"},
          {"core/probe/a.cc", include("config/config.h"), "core/probe may include"},
          {"core/tls/a.cc", include("core/io/inbox.h"), "core/tls may include"},
          {"core/password/a.cc", include("core/work/job.h"), "core/password may include"},
          {"config/a.cc", include("core/base/result.h"), ""},
          {"config/a.cc", include("core/io/inbox.h"), "config may include"},
          {"server/http/a.h", include("core/io/output_queue.h"), ""},
          {"server/http/a.h", include("core/io/block_pool.h"), ""},
          {"server/http/a.h", include("core/io/socket.h"), "server/http may include"},
          {"server/http/a.h", include("config/config.h"), "server/http may include"},
          {"server/auth/a.h", include("core/password/password_hash.h"), ""},
          {"server/auth/a.h", include("core/work/job.h"), ""},
          {"server/auth/a.h", include("core/io/epoll_backend.h"), "but not"},
          {"server/auth/a.h", include("config/utf8.h"), ""},
          {"server/auth/a.h", include("config/config.h"), "server/auth may include"},
          {"server/auth/a.h", include("server/dispatch/router.h"), "server/auth may include"},
          {"server/handlers/a.h", include("core/work/job.h"), ""},
          {"server/handlers/a.h", include("core/io/backend.h"), ""},
          {"server/handlers/a.h", include("core/io/epoll_backend.h"), "but not"},
          {"server/handlers/a.h", include("server/net/listener.h"), "server/handlers may include"},
          {"server/dispatch/a.h", include("server/handlers/static_files.h"), ""},
          {"server/dispatch/a.h", include("core/work/job.h"), "server/dispatch may include"},
          {"server/net/a.h", include("server/dispatch/router.h"), ""},
          {"server/net/a.h", include("server/app/launcher.h"), "server/net may include"},
          {"server/app/a.cc", include("server/net/listener.h"), ""},
          {"server/app/a.cc", include("tests/tidy/rules.h"), "server/app may include"},
          {"loadtest/a.cc", include("core/io/socket.h"), ""},
          {"loadtest/a.cc", include("server/http/uri.h"), "loadtest may include only core"},
          {"tests/core/io/a_test.cc", include("core/io/simulated_backend.h"), ""},
          {"tests/specification/uri.h", include("server/http/uri.h"), "may include nothing"},
          {"tests/specification/uri.h", include("tests/specification/grammar.h"), ""},
          {"core/a.h", "", "its folder has no row"},
          {"server/new/a.h", "", "its folder has no row"},
      });
}

TEST_CASE("an include that would slip past the table of directions is found") {
  check_examples(tidy::check_include_direction,
                 {
                     {"core/base/a.h", include("../io/inbox.h"), "in quotes and from the root"},
                     {"core/base/a.h", include("b.h"), "in quotes and from the root"},
                     {"core/base/a.h", include_system("core/io/inbox.h"), "from the root"},
                     {"core/base/a.h", include_system("vector"), ""},
                     {"core/base/a.h", include_system("sys/socket.h"), ""},
                     {"core/base/a.h", "// #include \"core/io/inbox.h\"\n", ""},
                 });
}

TEST_CASE("a third-party header outside its one adapter is found") {
  check_examples(
      tidy::check_third_party_headers,
      {
          {"core/io/uring_backend.cc", include_system("liburing.h"), ""},
          {"core/io/socket.cc", include_system("liburing.h"), "go through core/io/uring_backend.h"},
          {"core/io/socket.cc", include_system("liburing/io_uring.h"), "liburing/io_uring.h"},
          {"core/io/socket.cc", include("liburing.h"), "core/io/socket.cc:1"},
          {"core/tls/filter.cc", include_system("openssl/ssl.h"), ""},
          {"server/net/connection.cc", include_system("openssl/ssl.h"), "go through core/tls"},
          {"config/document.cc", include_system("nlohmann/json.hpp"), ""},
          {"config/loader.cc", include_system("nlohmann/json.hpp"),
           "go through config/document.cc"},
          {"server/app/command_line.cc", include_system("CLI/CLI.hpp"), ""},
          {"server/app/main.cc", include_system("CLI/CLI.hpp"), "server/app/command_line.cc"},
          {"tests/config/loader_test.cc", include_system("doctest/doctest.h"), ""},
          {"config/loader.cc", include_system("doctest/doctest.h"), "go through tests"},
          {"core/password/password_hasher.cc", include_system("crypt.h"), ""},
          {"server/auth/basic_auth.cc", include_system("crypt.h"), "password_hasher.cc"},
          {"core/base/result.h", include_system("tl/expected.hpp"), ""},
          {"config/loader.h", include_system("tl/expected.hpp"), "go through core/base/result.h"},
      });
}

TEST_CASE("a CMake target that links more than its folder may include is found") {
  const std::string list = "/CMakeLists.txt";
  check_examples(
      tidy::check_links,
      {
          {"core/io" + list, "ouro_library(core_io SOURCES a.cc LINK core_base)", ""},
          {"core/io" + list, "ouro_library(core_io SOURCES a.cc\n  LINK core_base core_work)",
           "core/io links ouro_core_work"},
          {"core/io" + list, "\n\nouro_library(\n core_io LINK core_log)", "CMakeLists.txt:3: "},
          {"core/io" + list, "ouro_library(core_io LINK core_base) # not core_log", ""},
          {"core/io" + list, "# ouro_library(core_io LINK core_log)", ""},
          {"core/io" + list, "ouro_library(core_io LINK_PRIVATE PkgConfig::liburing)", ""},
          {"core/log" + list, "ouro_library(core_log LINK_PRIVATE PkgConfig::liburing)",
           "use its one adapter instead, core/io/uring_backend.h"},
          {"core/password" + list, "ouro_library(core_password LINK_PRIVATE PkgConfig::libxcrypt)",
           ""},
          {"server/auth" + list, "ouro_library(server_auth LINK_PRIVATE PkgConfig::libxcrypt)",
           "use its one adapter instead, core/password/password_hash.cc"},
          {"core/log" + list, "target_link_libraries(ouro_core_log PRIVATE ouro_core_work)",
           "core/log links ouro_core_work"},
          {"core/base" + list, "target_link_libraries(ouro_core_base PUBLIC tl::expected)", ""},
          {"core/base" + list, "ouro_library(core_ground SOURCES a.cc)", "here core_base"},
          {"config" + list, "ouro_library(config LINK core_base core_io)",
           "config links ouro_core_io"},
          {"server/http" + list, "ouro_library(server_http LINK core_base core_io)", ""},
          {"server/http" + list, "ouro_library(server_http LINK core_base server_net)",
           "server/http links ouro_server_net"},
          {"server/net" + list, "ouro_library(server_net LINK core_work server_dispatch config)",
           ""},
          {"server/app" + list, "target_link_libraries(ouro PRIVATE ouro_server_net fmt::fmt)", ""},
          {"loadtest" + list, "ouro_library(loadtest LINK core_io server_http)",
           "loadtest links ouro_server_http"},
      });
}

TEST_CASE("a name that says nothing is found") {
  check_examples(tidy::check_name, {
                                       {"core/base/string_util.h", "", "\"util\" says nothing"},
                                       {"server/net/connection_manager.cc", "", "\"manager\""},
                                       {"server/common/a.h", "", "\"common\""},
                                       {"tests/misc_test.cc", "", "\"misc\""},
                                       {"tests/http_helper.h", "", "\"helper\""},
                                       {"core/base/utility_meter.h", "", ""},
                                   });
}

TEST_CASE("a header without its paragraph, its guard, or with a whole namespace is found") {
  const std::string good = "// What it is.\n#pragma once\n";
  check_examples(tidy::check_header_shape,
                 {
                     {"core/base/a.h", good, ""},
                     {"core/base/a.h", "#pragma once\n", "opens with a paragraph"},
                     {"core/base/a.h", "// What it is.\n", "#pragma once"},
                     {"core/base/a.h", "// About #pragma once\n", "guards itself"},
                     {"core/base/a.h", good + "  using  namespace std;\n", "a.h:3: using a whole"},
                     {"core/base/a.h", good + "using tl::unexpected;\n", ""},
                     {"core/base/a.cc", "using namespace std::literals;\n", ""},
                 });
}

TEST_CASE("a file that outgrew 400 lines without a reason is found") {
  const std::string reason = "// tidy: long because ";
  check_examples(tidy::check_length,
                 {
                     {"core/io/a.cc", lines(400), ""},
                     {"core/io/a.cc", lines(401), "a.cc:401: 401 lines"},
                     {"core/io/a.cc", "x\n" + reason + "it is one table\n" + lines(400), ""},
                     {"core/io/a.cc", reason + "\n" + lines(400), "401 lines"},
                     {"core/io/a.cc", lines(10) + reason + "too late\n" + lines(400), "411 lines"},
                 });
}

TEST_CASE("a line over 100 columns is found") {
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "ö";
  const std::string wide(101, 'x');
  check_examples(tidy::check_columns,
                 {
                     {"core/io/a.cc", std::string(100, 'x') + "\n", ""},
                     {"core/io/a.cc", "\n" + wide + "\n", "a.cc:2: 101 columns"},
                     {"core/io/a.cc", wide, "101 columns"},
                     {"core/io/a.cc", umlauts, ""},
                     {"core/io/a.cc", "// https://example.org/" + wide, ""},
                     {"core/io/a.cc", include(wide), ""},
                 });
}

TEST_CASE("a mark of unfinished work is found") {
  const std::string later =
      "TO"
      "DO";
  check_examples(tidy::check_marks,
                 {
                     {"core/io/a.cc",
                      "// FIX"
                      "ME: later\n",
                      "does not merge"},
                     {"core/io/a.cc", "\n// " + later + ": later\n", "a.cc:2: " + later},
                     {"core/io/a.cc", "// " + later + "()\n", "without a reason"},
                     {"core/io/a.cc", "// " + later + "(liburing 2.4 has it)\n", ""},
                     {"core/io/a.cc", "int max" + later + "s;\n", ""},
                 });
}

TEST_CASE("a test without a case, or without its goal, is found") {
  const std::string goal = "// Goal: ...\n";
  check_examples(tidy::check_test_shape,
                 {
                     {"tests/core/io/a_test.cc", goal + "TEST_CASE(\"x\") {}\n", ""},
                     {"tests/core/io/a_test.cc", goal + "TEST_CASE_FIXTURE(X, \"x\") {}\n", ""},
                     {"tests/core/io/a_test.cc", goal + "  TEST_CASE(\"in a suite\") {}\n", ""},
                     {"tests/core/io/a_test.cc", goal + "// TEST_CASE\n", "without a TEST_CASE"},
                     {"tests/core/io/a_test.cc", "TEST_CASE(\"x\") {}\n", "opens with its goal"},
                     {"tests/core/io/scripted_peer.cc", "", ""},
                 });
}

TEST_CASE("a sleep in a test is found") {
  const std::string sleep =
      "sl"
      "eep";
  check_examples(
      tidy::check_no_sleep_in_tests,
      {
          {"tests/a_test.cc", "std::this_thread::" + sleep + "_for(1ms);\n", "wait for the event"},
          {"tests/a_test.cc", "  u" + sleep + "(1000);\n", "a_test.cc:1: u"},
          {"tests/a_test.cc", "  nano" + sleep + "(&time, nullptr);\n", "nano"},
          {"tests/peer.h", "  ::" + sleep + "(1);\n", "wait for the event"},
          {"tests/a_test.cc", "  // no " + sleep + "_for(1ms) here\n", ""},
          {"tests/a_test.cc", "  u" + sleep + "(9);  // tidy: sleeps because it is counted\n", ""},
          {"core/probe/a.cc", "  u" + sleep + "(1000);\n", ""},
      });
}

TEST_CASE("a source without a test that mirrors it is found") {
  const SourceFile source{"core/io/socket.cc", ""};
  check_findings(tidy::check_sources_have_tests({source}), "write tests/core/io/socket_test.cc");
  check_findings(tidy::check_sources_have_tests({source, {"tests/core/io/socket_test.cc", ""}}),
                 "");
  check_findings(tidy::check_sources_have_tests({{"core/io/socket.h", ""}}), "");
  check_findings(tidy::check_sources_have_tests({{"loadtest/client.cc", ""}}), "");

  const SourceFile excused{"server/app/main.cc", ""};
  check_findings(tidy::check_sources_have_tests({excused}), "");
  check_findings(tidy::check_sources_have_tests({excused, {"tests/server/app/main_test.cc", ""}}),
                 "has a test now");
}

TEST_CASE("a source that no CMakeLists.txt builds is found") {
  const SourceFile test{"tests/core/io/socket_test.cc", ""};
  const auto check = [&test](const std::string& list, const std::string& text,
                             const std::string& expected) {
    check_findings(tidy::check_sources_are_built({test, {list, text}}), expected);
  };
  const std::string list = "tests/core/io/CMakeLists.txt";
  check(list, "ouro_test(socket SOURCES socket_test.cc)", "");
  check(list, "foreach(name inbox socket)\n  ouro_test(${name} SOURCES ${name}_test.cc)", "");
  check(list, "ouro_test(inbox SOURCES inbox_test.cc)",
        "never built, never run: name it in tests/");
  check(list, "ouro_test(inbox SOURCES unix_socket_test.cc)", "never built");
  check("tests/CMakeLists.txt", "ouro_test(socket SOURCES core/io/socket_test.cc)", "");
  check("tests/core/log/CMakeLists.txt", "socket_test.cc", "name it in CMakeLists.txt");
}

TEST_CASE("check_all applies every rule") {
  const auto text = report(tidy::check_all({
      {"core/base/CMakeLists.txt", "ouro_library(core_base LINK core_io)"},
      {"core/base/long_util.h",
       "FIX"
       "ME\n" +
           include("core/io/inbox.h") + include_system("liburing.h") + std::string(101, 'x') +
           "\n" + lines(400)},
      {"core/base/orphan.cc", ""},
      {"tests/a_test.cc", "sleep" + std::string("(1);\n")},
  }));
  for (const auto* part :
       {"links ouro_core_io", "\"util\"", "does not merge", "may include nothing",
        "only its adapter", "101 columns", "404 lines", "paragraph", "#pragma once",
        "core/base/orphan_test.cc", "core/base/orphan.cc:1: never built", "wait for the event",
        "TEST_CASE"}) {
    CAPTURE(part);
    CAPTURE(text);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("the tree keeps every rule") {
  const SourceTree tree = tidy::read_source_tree(OURO_SOURCE_ROOT);
  REQUIRE(find_file(tree, "tests/tidy_test.cc") != nullptr);
  REQUIRE(find_file(tree, "core/base/CMakeLists.txt") != nullptr);
  for (const auto& finding : tidy::check_all(tree)) FAIL_CHECK(to_string(finding));
}
