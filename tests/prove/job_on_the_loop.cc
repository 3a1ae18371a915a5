// A server as ouro would be if jobs of its workers had been put on its loops: passwords are hashed
// there, and there it is waited for files. `ouro prove` has to find both. Takes the command line of
// `ouro run`.

#include <poll.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "config/loader.h"
#include "core/password/password_hasher.h"
#include "server/app/command_line.h"
#include "server/app/daemon.h"
#include "server/handlers/fixed_response.h"

namespace {

using server::Exchange;
using server::Router;

// Most of a second, on any machine of today.
constexpr unsigned kCost = 14;
// As a disk that does not answer.
constexpr int kDiskMilliseconds = 400;

class HashesOnTheLoop final : public server::Handler {
 public:
  void start(Exchange& exchange) override {
    static_cast<void>(core::PasswordHasher().hash("a guess", kCost));
    server::respond_with_status(exchange, 401);
  }
};

class WaitsOnTheLoop final : public server::Handler {
 public:
  void start(Exchange& exchange) override {
    ::poll(nullptr, 0, kDiskMilliseconds);
    server::respond_with_status(exchange, 200);
  }
};

void add_sites(Router& router, core::EventLoop& /*loop*/) {
  std::vector<Router::Route> routes;
  const auto add = [&routes](const char* path, std::unique_ptr<server::Handler> action,
                             const char* name) {
    Router::Route& route = routes.emplace_back();
    route.patterns.emplace_back(path);
    route.action = std::move(action);
    route.record.name = name;
  };
  add("/private/**", std::make_unique<HashesOnTheLoop>(), "/private/** hashes on the loop");
  add("/cold/**", std::make_unique<WaitsOnTheLoop>(), "/cold/** waits on the loop");
  add("/**", std::make_unique<server::FixedResponse>(200, std::string(1024, '.'), "text/plain"),
      "/**");
  router.add_site({}, std::move(routes));
}

}  // namespace

int main(int argc, char** argv) {
  const auto command = server::parse_command_line(argc, argv);
  const auto* run = std::get_if<server::RunCommand>(&command);
  if (run == nullptr) return 2;
  auto loaded = config::load_file(run->config_path);
  if (!loaded) return 2;
  return server::serve(std::move(loaded->config),
                       {.proof = run->proof, .stacks = run->stacks, .add_sites = add_sites});
}
