// Goal: a client that asks for several parts gets each of them at its place, in a form that any
// reader of multipart/byteranges takes apart, and never more content than the file has. Method: a
// small strict reader of RFC 9110 14.6 and RFC 2046 5.1.1, files from memory and from disk.
#include "server/handlers/byte_ranges.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/server/handlers/file_service.h"

using namespace files_test;

namespace {

struct Part {
  std::string fields;
  std::string content;
  bool operator==(const Part&) const = default;
};

const std::string kMultipart = "multipart/byteranges; boundary=";

std::string boundary_of(const Reply& reply) {
  const std::string type = reply.field("Content-Type");
  REQUIRE(type.starts_with(kMultipart));
  return type.substr(kMultipart.size());
}

std::vector<Part> parts_of(const Reply& reply) {
  const std::string delimiter = "\r\n--" + boundary_of(reply);
  const std::string text = "\r\n" + reply.body;
  std::vector<Part> parts;
  std::size_t at = 0;
  for (;;) {
    REQUIRE(text.compare(at, delimiter.size(), delimiter) == 0);
    at += delimiter.size();
    if (text.compare(at, 2, "--") == 0) break;
    REQUIRE(text.compare(at, 2, "\r\n") == 0);
    at += 2;
    const std::size_t head_end = text.find("\r\n\r\n", at);
    REQUIRE(head_end != std::string::npos);
    const std::size_t end = text.find(delimiter, head_end + 4);
    REQUIRE(end != std::string::npos);
    parts.push_back(
        {text.substr(at, head_end + 2 - at), text.substr(head_end + 4, end - head_end - 4)});
    at = end;
  }
  CHECK(text.substr(at) == "--\r\n");
  return parts;
}

Part text_part(const std::string& content_range, const std::string& content) {
  return {
      "Content-Type: text/plain; charset=utf-8\r\nContent-Range: bytes " + content_range + "\r\n",
      content};
}

struct TenBytes : FileService {
  TenBytes() {
    folder.write("f.txt", "0123456789");
    folder.make_old("f.txt");
  }
};

std::string every_other_byte(std::size_t count) {
  std::string field = "bytes=";
  for (std::size_t i = 0; i < count; ++i) {
    field += std::to_string(2 * i) + "-" + std::to_string(2 * i) + ",";
  }
  return field;
}

}  // namespace

TEST_CASE("RFC 9110 14.6, 15.3.7.2: several ranges are the parts of a multipart, in their order") {
  TenBytes service;
  struct Case {
    std::string range;
    std::vector<Part> parts;
  };
  const Case cases[] = {
      {"bytes=0-1,4-5", {text_part("0-1/10", "01"), text_part("4-5/10", "45")}},
      {"bytes=-1,0-0", {text_part("9-9/10", "9"), text_part("0-0/10", "0")}},
      {"bytes=7-,2-3,0-0,20-",
       {text_part("7-9/10", "789"), text_part("2-3/10", "23"), text_part("0-0/10", "0")}},
      {"bytes=0-1,6-6,1-3", {text_part("0-3/10", "0123"), text_part("6-6/10", "6")}},
  };
  const Reply full = service.ask("/f.txt");
  for (const Case& c : cases) {
    CAPTURE(c.range);
    const Reply reply = service.ask("/f.txt", {{"Range", c.range}});
    CHECK(reply.status == 206);
    CHECK(parts_of(reply) == c.parts);
    CHECK(reply.field("Content-Range") == "(none)");
    CHECK(reply.fields.find("\nContent-Type:") == reply.fields.rfind("\nContent-Type:"));
    for (const std::string name :
         {"ETag", "Last-Modified", "Accept-Ranges", "X-Content-Type-Options"}) {
      CHECK(reply.field(name) == full.field(name));
    }
  }
  CHECK(service.ask("/f.txt", {{"Range", "bytes=0-1,4-5"}}, "HEAD").status == 200);
}

TEST_CASE("RFC 9110 15.3.7: ranges of which one is left are answered with that one") {
  TenBytes service;
  struct Case {
    std::string range;
    std::string content_range;
    std::string body;
  };
  const Case cases[] = {
      {"bytes=0-1,2-3", "bytes 0-3/10", "0123"},
      {"bytes=3-5,1-4", "bytes 1-5/10", "12345"},
      {"bytes=2-2,20-30", "bytes 2-2/10", "2"},
      {"bytes=0-,0-,0-,0-", "bytes 0-9/10", "0123456789"},  // 17.15: asked for four times
      {"bytes=5-,0-4", "bytes 0-9/10", "0123456789"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.range);
    const Reply reply = service.ask("/f.txt", {{"Range", c.range}});
    CHECK(reply.status == 206);
    CHECK(reply.field("Content-Range") == c.content_range);
    CHECK(reply.field("Content-Type") == "text/plain; charset=utf-8");
    CHECK(reply.body == c.body);
  }
}

TEST_CASE("RFC 9110 15.5.17: 416 when not one range of a set is satisfiable") {
  TenBytes service;
  const Reply reply = service.ask("/f.txt", {{"Range", "bytes=10-,20-30,-0"}});
  CHECK(reply.status == 416);
  CHECK(reply.field("Content-Range") == "bytes */10");
}

TEST_CASE("the number of ranges has a limit, beyond which the field is ignored") {
  FileService service;
  service.folder.write("f", std::string(100, '.'));
  const Reply most = service.ask("/f", {{"Range", every_other_byte(server::kRangesMax)}});
  CHECK(most.status == 206);
  CHECK(parts_of(most).size() == server::kRangesMax);
  const Reply more = service.ask("/f", {{"Range", every_other_byte(server::kRangesMax + 1)}});
  CHECK(more.status == 200);
  CHECK(more.body.size() == 100);
}

TEST_CASE("RFC 9110 13.1.5: If-Range goes before several ranges too") {
  TenBytes service;
  const std::string etag = service.ask("/f.txt").field("ETag");
  const std::string range = "bytes=0-1,4-5";
  CHECK(service.ask("/f.txt", {{"If-Range", etag}, {"Range", range}}).status == 206);
  CHECK(service.ask("/f.txt", {{"If-Range", "\"a\""}, {"Range", range}}).status == 200);
}

TEST_CASE("RFC 9110 5.3: Range is no list, and of several lines none is believed") {
  TenBytes service;
  const Reply two = service.ask("/f.txt", {{"Range", "bytes=0-1"}, {"range", "bytes=4-5"}});
  CHECK(two.status == 200);
  CHECK(two.body == "0123456789");
  const Fields three{{"Range", "bytes=0-1"}, {"Range", "bytes=0-1"}, {"Range", "bytes=0-1"}};
  CHECK(service.ask("/f.txt", three).status == 200);
}

TEST_CASE("parts of a large file come from disk, each from its place") {
  FileService service;
  std::string text(200'000, '.');
  text.replace(100'000, 3, "abc");
  text.replace(199'998, 2, "yz");
  service.folder.write("large.txt", text);
  const Reply reply = service.ask("/large.txt", {{"Range", "bytes=-3,100000-100003,0-70000"}});
  CHECK(reply.from_file);
  CHECK(parts_of(reply) == std::vector<Part>{text_part("199997-199999/200000", ".yz"),
                                             text_part("100000-100003/200000", "abc."),
                                             text_part("0-70000/200000", text.substr(0, 70'001))});
}

TEST_CASE(
    "RFC 2046 5.1.1: every answer has a boundary of its own, short and without special ones") {
  TenBytes service;
  std::set<std::string> boundaries;
  for (int i = 0; i < 100; ++i) {
    const std::string boundary = boundary_of(service.ask("/f.txt", {{"Range", "bytes=0-0,2-2"}}));
    CHECK(boundary.size() == 32);
    CHECK(boundary.find_first_not_of("0123456789abcdef") == std::string::npos);
    boundaries.insert(boundary);
  }
  CHECK(boundaries.size() == 100);
}
