// What is lost of the logs: where nobody reads, and where the target refuses.
#include <doctest/doctest.h>
#include <fcntl.h>

#include <chrono>
#include <string>
#include <utility>

#include "core/base/unique_fd.h"
#include "tests/core/base/pipe.h"
#include "tests/server/app/basic_credentials.h"
#include "tests/server/app/provocation.h"
#include "tests/server/app/test_client.h"

namespace test {
namespace {

core::UniqueFd full_disk() {
  core::UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  REQUIRE(full.valid());
  return full;
}

std::string dropped(const std::string& log) {
  return "ouro_log_dropped_total{log=\"" + log + "\"}";
}
std::string failed_writes(const std::string& log) {
  return "ouro_log_failed_writes_total{log=\"" + log + "\"}";
}

Samples read_no_access_log(const core::Engine& engine) {
  const Pipe nobody_reads;
  LiveOptions options;
  options.engine = engine;
  options.access_log_fd = nobody_reads.writing.get();
  const ProvokedServer server(options);
  TestClient client(server.port());
  const std::string request = "GET /small?" + std::string(2000, 'x') +
                              " HTTP/1.1\r\nHost: x\r\nReferer: " + std::string(2000, 'x') +
                              "\r\n\r\n";
  Samples samples = server.until_moved({dropped("access")}, [&] {
    for (int i = 0; i < 100; ++i) {
      REQUIRE(client.send(request));
      REQUIRE(client.read_answer());
    }
  });
  CHECK(samples.at(failed_writes("access")) == 0);
  return samples;
}

Samples refuse_the_access_log(const core::Engine& engine) {
  const core::UniqueFd full = full_disk();
  LiveOptions options;
  options.engine = engine;
  options.access_log_fd = full.get();
  const ProvokedServer server(options);
  REQUIRE(get(server.port(), "/small"));
  Samples samples = server.until_moved({failed_writes("access")});
  CHECK(samples.at(dropped("access")) == 0);
  return samples;
}

// A users file whose mistakes the error log is told of, each time that it changes, in lines that
// are long, because its path is.
class BrokenUsers {
 public:
  BrokenUsers() {
    for (int i = 0; i < 19; ++i) name_ += std::string(200, 'd') + "/";
    name_ += "users";
    directory_.write(name_, user_line("anna", "secret"));
  }
  [[nodiscard]] config::Config config() const {
    config::Config config;
    config::Route route;
    route.path = {"/vault"};
    route.action = config::Respond{200, "vault", "text/plain"};
    route.filters.basic_auth = config::BasicAuth{};
    route.filters.basic_auth->users_file.path = directory_.path() + "/" + name_;
    config.sites.push_back({{"vault.test"}, {std::move(route)}});
    return config;
  }
  void change() {
    std::string text = user_line("anna", "secret");
    for (int i = 0; i < kMistakes; ++i) text += changed_ ? "bob:{SHA}xyz=\n" : "bob:plain text\n";
    changed_ = !changed_;
    directory_.write(name_, text);
  }

 private:
  static constexpr int kMistakes = 20;
  TemporaryDirectory directory_;
  std::string name_;
  bool changed_ = true;
};

Samples read_no_error_log(const core::Engine& engine) {
  const Pipe nobody_reads;
  BrokenUsers users;
  LiveOptions options;
  options.engine = engine;
  options.error_log_fd = nobody_reads.writing.get();
  const ProvokedServer server(options, users.config());
  Samples samples = server.until_moved({dropped("error")}, [&] { users.change(); });
  CHECK(samples.at(failed_writes("error")) == 0);
  return samples;
}

Samples refuse_the_error_log(const core::Engine& engine) {
  const core::UniqueFd full = full_disk();
  BrokenUsers users;
  LiveOptions options;
  options.engine = engine;
  options.error_log_fd = full.get();
  const ProvokedServer server(options, users.config());
  users.change();
  Samples samples = server.until_moved({failed_writes("error")});
  CHECK(samples.at(dropped("error")) == 0);
  return samples;
}

}  // namespace

std::vector<Provocation> provoked_logs() {
  return {{"an access log that nobody reads", read_no_access_log},
          {"an access log on a full disk", refuse_the_access_log},
          {"an error log that nobody reads", read_no_error_log},
          {"an error log on a full disk", refuse_the_error_log}};
}

}  // namespace test
