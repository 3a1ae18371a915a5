// Goal: each exchange becomes one valid line of JSON that says what happened, whatever the client
// sent. Method: records written to a ring and formatted; the lines are read back with a JSON
// library, which is not the code that wrote them.

#include "server/net/access_log.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>

#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"
#include "tests/server/http/lone_exchange.h"
#include "tests/server/net/json_reader.h"

namespace {

// One record's way from the exchange to its line.
std::string line_of(const server::Exchange& exchange, std::string_view client, bool aborted) {
  server::JsonAccessFormatter formatter;
  core::LogWriter writer(-1, formatter);  // never started: the test plays its part
  core::LogRing& ring = writer.add_ring();
  server::AccessLog log(writer, ring, 3);
  log.record(exchange, client, aborted);
  std::string line;
  formatter.format(ring.front(), line);
  return line;
}

}  // namespace

TEST_CASE("a line says who asked for what, what the answer was and how long it took") {
  http_test::LoneExchange exchange;
  exchange.request.method_text = "GET";
  exchange.request.target_text = "/a?b=c";
  exchange.request.host = "example.org";
  exchange.request.fields.add({"user-agent", "a \"browser\" \\ 1"});
  exchange.request.fields.add({"Referer", "http://x/"});
  exchange.request.fields.add({"Authorization", "Basic c2VjcmV0"});
  exchange.request.fields.add({"Cookie", "session=secret"});
  exchange.response.status = 206;
  exchange.body_bytes_sent = 12345;
  exchange.began = core::Clock::now();

  const std::string line = line_of(exchange, "192.0.2.1", false);
  REQUIRE(line.ends_with("}\n"));
  const auto fields = test::read_flat_json(line);
  REQUIRE(fields);
  CHECK(fields->at("client") == "192.0.2.1");
  CHECK(fields->at("method") == "GET");
  CHECK(fields->at("target") == "/a?b=c");
  CHECK(fields->at("host") == "example.org");
  CHECK(fields->at("user_agent") == "a \"browser\" \\ 1");
  CHECK(fields->at("referer") == "http://x/");
  CHECK(fields->at("status") == "206");
  CHECK(fields->at("bytes") == "12345");
  CHECK(fields->at("loop") == "3");
  CHECK(fields->at("protocol") == "HTTP/1.1");
  CHECK(fields->at("time").size() == std::string("2026-01-01T00:00:00.000Z").size());
  CHECK(fields->count("aborted") == 0);
  CHECK(line.find("c2VjcmV0") == std::string::npos);
  CHECK(line.find("secret") == std::string::npos);
}

TEST_CASE("where the time went is part of the line, when a handler has answered") {
  http_test::LoneExchange exchange;
  exchange.began = core::Clock::now() - std::chrono::milliseconds(7);
  exchange.response.status = 200;
  const auto unknown = test::read_flat_json(line_of(exchange, "::1", false));
  REQUIRE(unknown);
  CHECK(unknown->count("queue_us") == 0);
  exchange.stages.wanted = true;
  exchange.stages.on_start();
  exchange.stages.on_wait();
  exchange.stages.on_answer();
  const auto fields = test::read_flat_json(line_of(exchange, "::1", false));
  REQUIRE(fields);
  CHECK(std::stoi(fields->at("queue_us")) >= 7000);
  int sum = 0;
  for (const char* stage : {"queue_us", "lane_us", "work_us", "send_us"}) {
    sum += std::stoi(fields->at(stage));
  }
  const int total = std::stoi(fields->at("total_us"));
  CHECK(sum <= total);
  CHECK(sum >= total - 4);  // each is rounded down
}

TEST_CASE("hostile bytes cannot break the line or steer a terminal") {
  http_test::LoneExchange exchange;
  // Every byte value, malformed UTF-8 of all sorts, and good UTF-8 that shall come through.
  std::string hostile;
  for (int byte = 1; byte < 256; ++byte) hostile += static_cast<char>(byte);
  hostile += "\xC0\xAF \xED\xA0\x80 \xF5\x80\x80\x80 \xE2\x82 gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\x8D";
  exchange.request.target_text = hostile;
  exchange.response.status = 400;
  const std::string line = line_of(exchange, "::1", true);
  CHECK(line.find('\n') == line.size() - 1);
  for (const char c : line.substr(0, line.size() - 1)) {
    CHECK(static_cast<unsigned char>(c) >= 0x20);
    CHECK(static_cast<unsigned char>(c) != 0x7F);
  }
  const auto fields = test::read_flat_json(line);
  REQUIRE(fields);
  CHECK(fields->at("target").ends_with("gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\x8D"));
  CHECK(fields->at("aborted") == "true");
}

TEST_CASE("who proved who they are is named, whatever the name has in it") {
  http_test::LoneExchange exchange;
  exchange.request.fields.add({"Authorization", "Basic c2VjcmV0"});
  exchange.response.status = 200;
  const std::string nameless = line_of(exchange, "192.0.2.1", false);
  REQUIRE(test::read_flat_json(nameless));
  CHECK(test::read_flat_json(nameless)->count("user") == 0);
  exchange.user = "gr\xC3\xBC\xC3\x9F \"quoted\"\\";
  const auto fields = test::read_flat_json(line_of(exchange, "192.0.2.1", false));
  REQUIRE(fields);
  CHECK(fields->at("user") == exchange.user);
  CHECK(fields->at("client") == "192.0.2.1");
}

TEST_CASE("a field that is too long is cut, not the line dropped") {
  http_test::LoneExchange exchange;
  const std::string target(100'000, 'a');
  exchange.request.target_text = target;
  exchange.response.status = 200;
  const auto fields = test::read_flat_json(line_of(exchange, "", false));
  REQUIRE(fields);
  CHECK(fields->at("target").size() == 1024);
}

TEST_CASE("the log of a live server has a line for each exchange, refused requests included") {
  const test::TemporaryDirectory directory;
  directory.write("small.txt", "small");
  const std::string log_path = directory.path() + "/access.log";
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    const core::UniqueFd log(
        ::open(log_path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    {
      test::LiveOptions options;
      options.engine = engine;
      options.access_log_fd = log.get();
      test::LiveServer server(directory.path(), options);
      REQUIRE(test::get(server.port(), "/small.txt"));
      REQUIRE(test::get(server.port(), "/missing"));
      test::TestClient bad(server.port());
      REQUIRE(bad.send("BAD\r\n\r\n"));
      REQUIRE(bad.read_answer());
    }
    std::string all(10'000, '\0');
    const ssize_t size = ::pread(log.get(), all.data(), all.size(), 0);
    REQUIRE(size > 0);
    all.resize(static_cast<std::size_t>(size));
    std::vector<std::string> statuses;
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t end = all.find('\n', at);
      REQUIRE(end != std::string::npos);
      const auto fields = test::read_flat_json(all.substr(at, end + 1 - at));
      REQUIRE(fields);
      CHECK(fields->at("client") == "127.0.0.1");
      statuses.push_back(fields->at("status"));
      at = end + 1;
    }
    CHECK(statuses == std::vector<std::string>{"200", "404", "400"});
  }
}

TEST_CASE("an exchange that its client cuts off is logged with the client's address") {
  const test::TemporaryDirectory directory;
  directory.write("large.bin", std::string(8'000'000, 'l'));
  const std::string log_path = directory.path() + "/access.log";
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    const core::UniqueFd log(
        ::open(log_path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    {
      test::LiveOptions options;
      options.engine = engine;
      options.access_log_fd = log.get();
      test::LiveServer server(directory.path(), options);
      test::TestClient leaver(server.port(), 4096);
      REQUIRE(leaver.send("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n"));
      REQUIRE(!leaver.read_some(10).empty());
      leaver.close();
      CHECK(test::LiveServer::eventually([&] { return server.server().connections() == 0; }));
    }
    std::string line(10'000, '\0');
    const ssize_t size = ::pread(log.get(), line.data(), line.size(), 0);
    REQUIRE(size > 0);
    const auto fields = test::read_flat_json(line.substr(0, static_cast<std::size_t>(size)));
    REQUIRE(fields);
    CHECK(fields->at("client") == "127.0.0.1");
    CHECK(fields->at("aborted") == "true");
  }
}
