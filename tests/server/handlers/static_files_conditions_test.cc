// Goal: a client that knows a file already is told so in few bytes, one that lost a part gets that
// part, and one whose knowledge is old is never served a mixture. Method: tables of fields against
// one file of ten bytes with a known date; the combinations of RFC 9110 13.2.2 and 14.
#include <doctest/doctest.h>

#include <string>

#include "tests/server/handlers/file_service.h"

using namespace files_test;

namespace {

// 2017-07-14 02:40:00 GMT, see TemporaryFolder::make_old().
const std::string kDate = "Fri, 14 Jul 2017 02:40:00 GMT";
const std::string kBefore = "Fri, 14 Jul 2017 02:39:59 GMT";
const std::string kAfter = "Fri, 14 Jul 2017 02:40:01 GMT";
const std::string kText = "0123456789";

struct TenBytes : FileService {
  TenBytes() {
    folder.write("f.txt", kText);
    folder.make_old("f.txt");
    etag = ask("/f.txt").field("ETag");
    REQUIRE(etag.size() > 2);
    REQUIRE_FALSE(etag.starts_with("W/"));
  }
  std::string etag;
};

}  // namespace

TEST_CASE("304 repeats the validators and says nothing about content") {
  TenBytes service;
  const Reply full = service.ask("/f.txt");
  const Reply reply = service.ask("/f.txt", {{"If-None-Match", service.etag}});
  CHECK(reply.status == 304);
  CHECK(reply.body == "");
  CHECK(reply.field("ETag") == full.field("ETag"));
  CHECK(reply.field("Last-Modified") == full.field("Last-Modified"));
  CHECK(reply.field("Content-Type") == "(none)");
  CHECK(reply.field("Content-Range") == "(none)");
}

TEST_CASE("RFC 9110 13.2.2: preconditions, alone and together") {
  TenBytes service;
  const std::string& etag = service.etag;
  struct Case {
    std::string what;
    Fields fields;
    int status;
  };
  const Case cases[] = {
      {"If-None-Match, ours", {{"If-None-Match", etag}}, 304},
      {"If-None-Match, ours but weak", {{"If-None-Match", "W/" + etag}}, 304},
      {"If-None-Match, ours in a list", {{"If-None-Match", "\"a\", " + etag}}, 304},
      {"If-None-Match, ours in the second line",
       {{"If-None-Match", "\"a\""}, {"If-None-Match", etag}},
       304},
      {"If-None-Match, ours in the first line of three",
       {{"If-None-Match", etag}, {"If-None-Match", "\"a\""}, {"If-None-Match", "\"b\""}},
       304},
      {"If-None-Match, ours in the second line of three",
       {{"If-None-Match", "\"a\""}, {"If-None-Match", etag}, {"If-None-Match", "\"b\""}},
       304},
      {"If-None-Match, ours in the last line of four",
       {{"If-None-Match", "\"a\""},
        {"If-None-Match", "\"b\""},
        {"If-None-Match", "\"c\""},
        {"If-None-Match", etag}},
       304},
      {"If-None-Match, others in three lines",
       {{"If-None-Match", "\"a\""}, {"If-None-Match", "\"b\""}, {"If-None-Match", "\"c\""}},
       200},
      {"If-None-Match, another", {{"If-None-Match", "\"a\""}}, 200},
      {"If-None-Match: *", {{"If-None-Match", "*"}}, 304},
      {"If-None-Match, empty", {{"If-None-Match", ""}}, 200},
      {"names in lower case", {{"if-none-match", etag}}, 304},
      {"If-Modified-Since, the same", {{"If-Modified-Since", kDate}}, 304},
      {"If-Modified-Since, later", {{"If-Modified-Since", kAfter}}, 304},
      {"If-Modified-Since, earlier", {{"If-Modified-Since", kBefore}}, 200},
      {"If-Modified-Since, no date", {{"If-Modified-Since", "yesterday"}}, 200},
      {"If-Modified-Since counts only without If-None-Match",
       {{"If-None-Match", "\"a\""}, {"If-Modified-Since", kAfter}},
       200},
      {"If-Match, ours", {{"If-Match", etag}}, 200},
      {"If-Match, ours but weak", {{"If-Match", "W/" + etag}}, 412},
      {"If-Match, another", {{"If-Match", "\"a\""}}, 412},
      {"If-Match, ours in the second line", {{"If-Match", "\"a\""}, {"If-Match", etag}}, 200},
      {"If-Match, ours in the first line of three",
       {{"If-Match", etag}, {"If-Match", "\"a\""}, {"If-Match", "\"b\""}},
       200},
      {"If-Match, ours in the third line, lines of If-None-Match between",
       {{"If-Match", "\"a\""},
        {"If-None-Match", "\"d\""},
        {"If-Match", "\"b\""},
        {"If-None-Match", "\"e\""},
        {"If-Match", etag}},
       200},
      {"If-Match, others in three lines",
       {{"If-Match", "\"a\""}, {"If-Match", "\"b\""}, {"If-Match", "\"c\""}},
       412},
      {"If-Match: *", {{"If-Match", "*"}}, 200},
      {"If-Unmodified-Since, the same", {{"If-Unmodified-Since", kDate}}, 200},
      {"If-Unmodified-Since, earlier", {{"If-Unmodified-Since", kBefore}}, 412},
      {"If-Unmodified-Since counts only without If-Match",
       {{"If-Match", etag}, {"If-Unmodified-Since", kBefore}},
       200},
      {"If-Match comes first", {{"If-Match", "\"a\""}, {"If-None-Match", etag}}, 412},
      {"both hold", {{"If-Match", etag}, {"If-None-Match", etag}}, 304},
      {"a range does not come before", {{"If-None-Match", etag}, {"Range", "bytes=0-1"}}, 304},
      {"nor before If-Match", {{"If-Match", "\"a\""}, {"Range", "bytes=99-"}}, 412},
  };
  for (const Case& c : cases) {
    for (const std::string method : {"GET", "HEAD"}) {
      CAPTURE(c.what);
      CAPTURE(method);
      CHECK(service.ask("/f.txt", c.fields, method).status == c.status);
    }
  }
}

TEST_CASE("preconditions are about what exists: not about 404, 301 and 405") {
  TenBytes service;
  service.folder.make_folder("folder");
  const Fields fields = {{"If-None-Match", "*"}, {"If-Match", "\"a\""}};
  CHECK(service.ask("/none", fields).status == 404);
  CHECK(service.ask("/folder", fields).status == 301);
  CHECK(service.ask("/f.txt", fields, "POST").status == 405);
}

TEST_CASE("RFC 9110 14: one range is served as such, and only that one") {
  TenBytes service;
  struct Case {
    std::string range;
    int status;
    std::string content_range;
    std::string body;
  };
  const Case cases[] = {
      {"bytes=0-0", 206, "bytes 0-0/10", "0"},
      {"bytes=0-9", 206, "bytes 0-9/10", kText},
      {"bytes=2-4", 206, "bytes 2-4/10", "234"},
      {"bytes=9-", 206, "bytes 9-9/10", "9"},
      {"bytes=5-", 206, "bytes 5-9/10", "56789"},
      {"bytes=5-99999999999999999999999", 206, "bytes 5-9/10", "56789"},
      {"bytes=-3", 206, "bytes 7-9/10", "789"},
      {"bytes=-10", 206, "bytes 0-9/10", kText},
      {"bytes=-11", 206, "bytes 0-9/10", kText},
      {"bytes=10-", 416, "bytes */10", ""},
      {"bytes=10-20", 416, "bytes */10", ""},
      {"bytes=99999999999999999999999-", 416, "bytes */10", ""},
      {"bytes=-0", 416, "bytes */10", ""},
      {"bytes=4-2", 200, "(none)", kText},
      {"bytes=a-b", 200, "(none)", kText},
      {"bytes=", 200, "(none)", kText},
      {"lines=0-1", 200, "(none)", kText},
      {"", 200, "(none)", kText},
  };
  for (const Case& c : cases) {
    CAPTURE(c.range);
    const Reply reply = service.ask("/f.txt", {{"Range", c.range}});
    CHECK(reply.status == c.status);
    CHECK(reply.field("Content-Range") == c.content_range);
    if (c.status == 416) continue;
    CHECK(reply.body == c.body);
    CHECK(reply.field("ETag") == service.etag);
    CHECK(reply.field("Content-Type") == "text/plain; charset=utf-8");
  }
  // Range is defined for GET alone.
  CHECK(service.ask("/f.txt", {{"Range", "bytes=0-0"}}, "HEAD").status == 200);
  CHECK(service.ask("/f.txt", {{"Range", "bytes=99-"}}, "HEAD").status == 200);
}

TEST_CASE("RFC 9110 13.1.5: If-Range never mixes two versions") {
  TenBytes service;
  struct Case {
    std::string if_range;
    int status;
  };
  const Case cases[] = {
      {service.etag, 206}, {"W/" + service.etag, 200},
      {"\"a\"", 200},      {"*", 200},
      {"", 200},           {kDate, 206},
      {kAfter, 200},       {kBefore, 200},
      {"nonsense", 200},
  };
  for (const Case& c : cases) {
    CAPTURE(c.if_range);
    const Reply reply = service.ask("/f.txt", {{"If-Range", c.if_range}, {"Range", "bytes=2-3"}});
    CHECK(reply.status == c.status);
    CHECK(reply.body == (c.status == 206 ? "23" : kText));
  }
  CHECK(service.ask("/f.txt", {{"If-Range", service.etag}}).status == 200);  // alone: nothing
}

TEST_CASE("ranges of a large file come from disk, at their place") {
  FileService service;
  std::string text(200'000, '.');
  text.replace(100'000, 3, "abc");
  service.folder.write("large", text);
  const Reply reply = service.ask("/large", {{"Range", "bytes=100000-100002"}});
  CHECK(reply.status == 206);
  CHECK(reply.from_file);
  CHECK(reply.body == "abc");
  CHECK(service.ask("/large", {{"Range", "bytes=-1"}}).body == ".");
  CHECK(service.ask("/large", {{"Range", "bytes=200000-"}}).status == 416);
}

TEST_CASE("an empty file has no range") {
  FileService service;
  service.folder.write("empty", "");
  service.folder.make_old("empty");
  CHECK(service.ask("/empty").status == 200);
  CHECK(service.ask("/empty", {{"Range", "bytes=-5"}}).status == 200);
  const Reply reply = service.ask("/empty", {{"Range", "bytes=0-0"}});
  CHECK(reply.status == 416);
  CHECK(reply.field("Content-Range") == "bytes */0");
}

TEST_CASE("RFC 9110 8.8.1: an entity tag is weak in a file's first second, then strong") {
  FileService service;
  service.folder.write("new", "x");
  const Reply young = service.ask("/new");
  // On a machine that slept for a second between the two lines it may be strong already.
  const std::string etag = young.field("ETag");
  const Reply old = service.ask_until(
      "/new", [](const Reply& reply) { return !reply.field("ETag").starts_with("W/"); });
  const std::string strong = old.field("ETag");
  CHECK((etag == strong || etag == "W/" + strong));
  CHECK(service.ask("/new", {{"If-None-Match", etag}}).status == 304);
  // What was weak can change: a range of it is never trusted.
  CHECK(service.ask("/new", {{"If-Range", "W/" + strong}, {"Range", "bytes=0-0"}}).status == 200);
  CHECK(service.ask("/new", {{"If-Range", strong}, {"Range", "bytes=0-0"}}).status == 206);
}

TEST_CASE("RFC 9110 8.8.2.1: Last-Modified is never in the future") {
  FileService service;
  service.folder.write("future", "x");
  service.folder.set_modified("future", {4'000'000'000, 0});  // 2096
  const Reply reply = service.ask("/future");
  CHECK(reply.status == 200);
  CHECK(reply.field("Last-Modified").find("2096") == std::string::npos);
  CHECK(reply.field("ETag").starts_with("W/"));
}

TEST_CASE("dates before 1970 and beyond are no trouble") {
  FileService service;
  for (const std::int64_t seconds : {-1LL, -5'000'000'000LL, 0LL, 1LL}) {
    CAPTURE(seconds);
    const std::string name = "f" + std::to_string(seconds);
    service.folder.write(name, "x");
    service.folder.set_modified(name, {static_cast<std::time_t>(seconds), 999'999'999});
    const Reply reply = service.ask("/" + name);
    CHECK(reply.status == 200);
    CHECK(reply.body == "x");
    CHECK(service.ask("/" + name, {{"If-None-Match", reply.field("ETag")}}).status == 304);
  }
}
