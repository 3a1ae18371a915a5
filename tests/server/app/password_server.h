// A server with places that ask for passwords and one that does not, its users' files and its logs.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "core/base/unique_fd.h"
#include "tests/server/app/basic_credentials.h"
#include "tests/server/app/each_engine.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace test {

inline const std::string kVaultFile = "/vault/a.txt";

inline config::Route route_to(const std::string& path, config::Action action) {
  config::Route route;
  route.path = {path};
  route.action = std::move(action);
  return route;
}

inline core::UniqueFd open_log(const std::string& path) {
  core::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  REQUIRE(fd.valid());
  return fd;
}

// A server with a vault, another place with other users, and a plain route.
class PasswordServer {
 public:
  struct Options {
    std::size_t loops = 1;
    std::size_t connections_max = 1000;
    core::Duration users_period = std::chrono::milliseconds(10);
    bool admin = false;
    std::string users = user_line("anna", "secret") + user_line("böb", "ünd:so");
    std::size_t queue = 0;  // lanes.auth.queue
  };
  explicit PasswordServer(const core::Engine& engine) : PasswordServer(engine, Options()) {}
  PasswordServer(const core::Engine& engine, const Options& setup)
      : access_log_(open_log(directory_.path() + "/access")),
        error_log_(open_log(directory_.path() + "/errors")) {
    directory_.write("www/vault/a.txt", "0123456789");
    directory_.write("www/other/a.txt", "other");
    write_users(setup.users);
    directory_.write("others", user_line("anna", "another"));
    config::Files files;
    files.root = directory_.path() + "/www";
    config::Config config;
    config.lanes.auth = {1, setup.queue};
    config.sites.push_back({{},
                            {route_to("/plain", config::Respond{200, "plain", "text/plain"}),
                             route_to("/vault/**", files), route_to("/other/**", files),
                             route_to("/again/**", config::Respond{200, "again", "text/plain"})}});
    auto& routes = config.sites[0].routes;
    routes[1].filters.basic_auth = auth("users", "The \"Vault\"");
    routes[1].filters.cors = config::Cors{};
    routes[1].filters.cors->origins = {"https://app.test"};
    routes[2].filters.basic_auth = auth("others", "Other");
    routes[3].filters.basic_auth = auth("users", "Again");
    test::LiveOptions options;
    options.engine = engine;
    options.loops = setup.loops;
    options.connections_max = setup.connections_max;
    options.access_log_fd = access_log_.get();
    options.error_log_fd = error_log_.get();
    options.users_period = setup.users_period;
    options.admin = setup.admin;
    live = std::make_unique<LiveServer>(std::move(config), options);
  }

  void write_users(const std::string& text) const { directory_.write("users", text); }
  // In one instant, as who knows how replaces a file.
  void replace_users(const std::string& text) const {
    directory_.write("users.new", text);
    std::filesystem::rename(users_path() + ".new", users_path());
  }
  [[nodiscard]] std::string users_path() const { return directory_.path() + "/users"; }

  [[nodiscard]] Answer ask(const std::string& path, const std::string& fields = "",
                           const std::string& method = "GET") const {
    TestClient client(live->port());
    return ask(client, path, fields, method);
  }
  [[nodiscard]] static Answer ask(TestClient& client, const std::string& path,
                                  const std::string& fields = "",
                                  const std::string& method = "GET") {
    REQUIRE(client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n"));
    const bool no_body = method == "HEAD" || fields.find("If-None-Match") != std::string::npos;
    const auto answer = client.read_answer(no_body);
    REQUIRE(answer);
    return *answer;
  }
  [[nodiscard]] bool comes_to_answer(const std::string& fields, int status) const {
    return LiveServer::eventually([&] { return ask(kVaultFile, fields).status == status; });
  }

  [[nodiscard]] std::string log(const std::string& name) const {
    std::stringstream text;
    text << std::ifstream(directory_.path() + "/" + name).rdbuf();
    return text.str();
  }
  [[nodiscard]] bool comes_to_say(const std::string& text) const {
    return LiveServer::eventually([&] { return log("errors").find(text) != std::string::npos; });
  }

  [[nodiscard]] const server::DeskCounters& desk() const { return *live->server().desk_counters(); }

 private:
  [[nodiscard]] config::BasicAuth auth(const std::string& file, const std::string& realm) const {
    config::BasicAuth auth;
    auth.users_file = {directory_.path() + "/" + file, {"ouro.jsonc", 3, 5}};
    auth.realm = realm;
    return auth;
  }

  test::TemporaryDirectory directory_;
  core::UniqueFd access_log_;
  core::UniqueFd error_log_;

 public:
  std::unique_ptr<LiveServer> live;
};

}  // namespace test
