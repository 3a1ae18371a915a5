// Goal: an answer made of several pieces of a file arrives as one, whatever order its text and its
// slices of the file leave in, and is cut off rather than filled up when the file shrinks. Method:
// a real server in this process, real sockets on both engines, every byte compared.
#include <doctest/doctest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "server/http/range.h"
#include "tests/server/app/each_engine.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

using server::ByteRange;
using test::LiveServer;
using test::TestClient;

constexpr std::size_t kFileBytes = 5'000'000;

std::string range_field(const std::vector<ByteRange>& ranges) {
  std::string value;
  for (const ByteRange& range : ranges) {
    value += (value.empty() ? "" : ", ") + std::to_string(range.first) + "-" +
             std::to_string(range.first + range.length - 1);
  }
  return "Range: bytes=" + value + "\r\n";
}

std::string get_ranges(const std::string& path, const std::vector<ByteRange>& ranges) {
  return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + range_field(ranges) + "\r\n";
}

// RFC 9110 14.6, around the boundary that the answer names.
std::string multipart(const test::Answer& answer, const std::string& file,
                      const std::vector<ByteRange>& ranges) {
  const std::string& type = answer.fields.at("content-type");
  const std::string boundary = type.substr(type.find("boundary=") + 9);
  std::string text;
  for (const ByteRange& range : ranges) {
    text += (text.empty() ? "--" : "\r\n--") + boundary +
            "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes " +
            std::to_string(range.first) + "-" + std::to_string(range.first + range.length - 1) +
            "/" + std::to_string(file.size()) + "\r\n\r\n" + file.substr(range.first, range.length);
  }
  return text + "\r\n--" + boundary + "--\r\n";
}

template <typename Check>
void on_each_engine(Check check) {
  const test::TemporaryDirectory directory;
  test::on_live_servers(directory.path(), {},
                        [&](LiveServer& server) { check(server, directory); });
}

}  // namespace

TEST_CASE("several ranges of a large file arrive between their heads, and order is kept") {
  const std::string file = test::varied_bytes(kFileBytes, 11);
  const std::vector<ByteRange> sets[] = {
      {{0, 5}, {10, 5}, {100, 101}},
      {{4'999'999, 1}, {1'000'000, 2'500'000}, {0, 1}},
      {{3'000'000, 1'000'000}, {10, 70'000}, {4'500'000, 500'000}, {200'000, 65'536}},
  };
  on_each_engine([&](LiveServer& server, const test::TemporaryDirectory& directory) {
    directory.write("large.bin", file);
    directory.write("small.txt", "small");
    for (const int window : {0, 2048}) {
      TestClient client(server.port(), window);
      // Pipelined: what is behind a compound answer is in its place too.
      std::string requests;
      for (const auto& set : sets) requests += get_ranges("/large.bin", set);
      REQUIRE(client.send(requests + "GET /small.txt HTTP/1.1\r\nHost: x\r\n\r\n"));
      for (const auto& set : sets) {
        const auto answer = client.read_answer();
        REQUIRE(answer);
        CHECK(answer->status == 206);
        CHECK(answer->fields.count("content-range") == 0);
        REQUIRE(answer->fields.at("content-type").starts_with("multipart/byteranges; boundary="));
        CHECK((answer->body == multipart(*answer, file, set)));  // too long to print
      }
      const auto small = client.read_answer();
      REQUIRE(small);
      CHECK(small->body == "small");
    }
  });
}

TEST_CASE("a file that shrinks under its parts ends the connection, never the wrong length") {
  on_each_engine([](LiveServer& server, const test::TemporaryDirectory& directory) {
    const std::string path = directory.write("shrinking.bin", std::string(8'000'000, 's'));
    TestClient client(server.port(), 4096);
    REQUIRE(client.send(get_ranges("/shrinking.bin", {{1'000'000, 5'000'000}, {0, 500}})));
    REQUIRE(!client.read_some(100).empty());
    REQUIRE(::truncate(path.c_str(), 1000) == 0);
    std::string all;
    for (std::string some; !(some = client.read_some(65536)).empty();) all += some;
    CHECK(all.size() < 5'000'000);
    // The next part is still there in full, but nothing may follow a part that is not.
    CHECK(all.find("bytes 0-499/8000000") == std::string::npos);
    CHECK(LiveServer::eventually([&] { return server.server().connections() == 0; }));
  });
}
