// A whole server with a listener in the clear and one with TLS, for tests that attack the second
// and look at the first.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

#include "tests/server/app/each_engine.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace test {

inline config::Config two_listeners(const std::string& root) {
  config::Config config;
  config::Listen in_the_clear;
  config::Listen tls;
  tls.tls = config::ListenTls::kSelfSigned;
  config.listen = {in_the_clear, tls};
  config.sites.push_back(folder_site(root));
  return config;
}

// check(server) on each engine: the first port in the clear, the second with TLS.
template <typename Check>
void on_each_engine(Check check, const config::Limits& limits = {}) {
  TemporaryDirectory directory;
  directory.write("small", "hello\n");
  on_engines([&](const core::Engine& engine) {
    auto config = two_listeners(directory.path());
    config.limits = limits;
    LiveServer server(std::move(config), {.engine = engine});
    check(server);
    CHECK(LiveServer::eventually([&] { return server.server().connections() == 0; }));
  });
}

inline bool is_served(LiveServer& server) {
  const auto answer = get(server.port(0), "/small");
  return answer && answer->status == 200 && answer->body == "hello\n";
}

inline constexpr std::string_view kGet = "GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n";
inline constexpr std::string_view kLast =
    "GET /small HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

}  // namespace test
