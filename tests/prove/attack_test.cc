// Goal: each storm asks for what it says, goes on until it is ended, and says what it got done.
// Method: attacks on a scripted server.

#include "prove/attack.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "tests/loadtest/scripted_server.h"

namespace {

using prove::Attack;
using test::Reply;
using test::ScriptedServer;

prove::StartLines lines_of(const ScriptedServer& server) {
  const std::string url = server.url("");
  prove::StartLines lines;
  lines.plain = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  return lines;
}

std::unique_ptr<prove::TemporarySite> make_site() {
  auto site = prove::TemporarySite::make({});
  REQUIRE(site);
  return std::move(*site);
}

std::unique_ptr<Attack> start(const char* storm, const ScriptedServer& server,
                              prove::TemporarySite& site) {
  auto attack = Attack::start(*prove::storm_by_name(storm), lines_of(server), site);
  REQUIRE(attack);
  return std::move(*attack);
}

void wait_for_requests(ScriptedServer& server, std::size_t count) {
  while (server.requests() < count) std::this_thread::yield();
}

}  // namespace

TEST_CASE("a storm of passwords guesses another one each time, each from another address") {
  std::mutex mutex;
  std::set<std::string> seen;
  ScriptedServer server([&](std::size_t, std::string_view request) {
    const auto at = request.find("Authorization: Basic ");
    const std::lock_guard lock(mutex);
    if (request.starts_with("GET /private/ ") && at != std::string_view::npos) {
      seen.emplace(request.substr(at, request.find('\r', at) - at));
    }
    return Reply{"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"};
  });
  const auto site = make_site();
  const auto attack = start("passwords", server, *site);
  wait_for_requests(server, 30);
  const auto work = attack->finish();
  REQUIRE(work);
  CHECK(work->empty());  // how many were hashed knows the server
  const auto clients = server.clients();
  const std::lock_guard lock(mutex);
  CHECK(seen.size() >= 30);
  CHECK(std::set<std::string>(clients.begin(), clients.end()).size() >= 30);
}

TEST_CASE("who asks for a root that hangs loses patience again and again") {
  ScriptedServer server([](std::size_t, std::string_view) { return Reply{""}; });
  const auto site = make_site();
  const std::string link = site->path() + "/hang";
  CHECK(std::filesystem::read_symlink(link) == "empty");
  const auto attack = start("hang", server, *site);
  CHECK(std::filesystem::read_symlink(link) == "mount");
  wait_for_requests(server, 600);  // of 256 clients
  const auto work = attack->finish();
  REQUIRE(work);
  REQUIRE(work->size() == 1);
  CHECK(work->front().unit == "unanswered/s");
  CHECK(work->front().amount > 0);
}

TEST_CASE("cold files are read and counted in megabytes") {
  const std::string body(prove::TemporarySite::kColdBytes, 'c');
  ScriptedServer server([&body](std::size_t, std::string_view request) {
    return Reply{request.starts_with("GET /cold/") ? test::ok(body) : ""};
  });
  const auto site = make_site();
  const auto attack = start("cold", server, *site);
  wait_for_requests(server, 12);  // of 4 clients: some have their answer
  const auto work = attack->finish();
  REQUIRE(work);
  REQUIRE(work->size() == 1);
  CHECK(work->front().unit == "MB/s");
  CHECK(work->front().amount > 0);
}

TEST_CASE("the calm does nothing") {
  ScriptedServer server([](std::size_t, std::string_view) { return Reply{""}; });
  const auto site = make_site();
  const auto work = start("alone", server, *site)->finish();
  REQUIRE(work);
  CHECK(work->empty());
  CHECK(server.connections() == 0);
}

TEST_CASE("an attack that nobody ends is broken off with its owner") {
  ScriptedServer server([](std::size_t, std::string_view) { return Reply{test::ok("x")}; });
  const auto site = make_site();
  auto attack = start("log", server, *site);
  wait_for_requests(server, 1);
  CHECK_NOTHROW(attack.reset());  // which is when its threads have ended
}
