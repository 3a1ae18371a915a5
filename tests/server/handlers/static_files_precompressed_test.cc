// Goal: files that were compressed beforehand are sent to whom they suit, as representations of
// their own, and never when they are out of date (RFC 9110 8.4, 12.5.3). Method: a real folder,
// loop and worker (file_service.h); "compressed" files are plain texts that tell themselves apart.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "server/handlers/static_files.h"
#include "tests/server/handlers/file_service.h"

using namespace files_test;
using config::Coding;

namespace {

FileService::Options with(std::vector<Coding> codings) {
  FileService::Options options;
  options.files.precompressed = std::move(codings);
  return options;
}

const std::vector<Coding> kAll{Coding::kBrotli, Coding::kZstandard, Coding::kGzip};

void write_old(FileService& service, const std::string& name, const std::string& text) {
  service.folder.write(name, text);
  service.folder.make_old(name);
}

void write_all(FileService& service, const std::string& name) {
  write_old(service, name, "plain");
  write_old(service, name + ".br", "brotli!");
  write_old(service, name + ".zst", "zstd");
  write_old(service, name + ".gz", "gz");
}

}  // namespace

TEST_CASE("the coding is the client's favourite, then the route's") {
  FileService service(with(kAll));
  write_all(service, "a.css");
  struct Case {
    std::string accept;
    std::string coding;
  };
  for (const Case& c : {
           Case{"br", "br"},
           Case{"gzip, deflate, br, zstd", "br"},
           Case{"gzip;q=1, br;q=0.9", "gzip"},
           Case{"gzip;q=0.5", "gzip"},
           Case{"GZIP", "gzip"},
           Case{"x-gzip", "gzip"},
           Case{"zstd ; q=0.123 , gzip;q=0.122", "zstd"},
           Case{"*", "br"},
           Case{"*, br;q=0", "zstd"},
           Case{"identity, br;q=0.5", "(none)"},
           Case{"identity, br", "br"},
           Case{"identity;q=0, gzip", "gzip"},
           Case{"*;q=0, gzip", "gzip"},
           Case{"", "(none)"},
           Case{"deflate", "(none)"},
           Case{"br;q=0", "(none)"},
           Case{"br;q=2", "(none)"},
           Case{"br;q=0.1234", "(none)"},
           Case{"br;level=1", "(none)"},
           Case{"brx, b r", "(none)"},
           Case{",,gzip,,", "gzip"},
       }) {
    CAPTURE(c.accept);
    const Reply reply = service.ask("/a.css", {{"Accept-Encoding", c.accept}});
    CHECK(reply.status == 200);
    CHECK(reply.field("Content-Encoding") == c.coding);
    CHECK(reply.field("Content-Type") == "text/css; charset=utf-8");
    CHECK(reply.field("Vary") == "Accept-Encoding");
    const std::string body = c.coding == "br"     ? "brotli!"
                             : c.coding == "zstd" ? "zstd"
                             : c.coding == "gzip" ? "gz"
                                                  : "plain";
    CHECK(reply.body == body);
  }
  CHECK(service.ask("/a.css").body == "plain");
  CHECK(service.ask("/a.css", {{"Accept-Encoding", "deflate"}, {"Accept-Encoding", "gzip"}}).body ==
        "gz");
}

TEST_CASE("nothing that suits the client is 406") {
  FileService service(with(kAll));
  write_old(service, "a", "plain");
  write_old(service, "a.gz", "gz");
  for (const std::string accept : {"identity;q=0", "*;q=0", "br, identity;q=0", "br, *;q=0"}) {
    CAPTURE(accept);
    const Reply reply = service.ask("/a", {{"Accept-Encoding", accept}});
    CHECK(reply.status == 406);
    CHECK(reply.field("Vary") == "Accept-Encoding");
  }
  CHECK(service.ask("/none", {{"Accept-Encoding", "identity;q=0"}}).status == 404);
}

TEST_CASE("every answer says that it depends on Accept-Encoding, once") {
  FileService service(with(kAll));
  write_all(service, "a");
  service.folder.make_folder("folder");
  struct Case {
    std::string target;
    std::string method;
    int status;
  };
  for (const Case& c :
       {Case{"/a", "HEAD", 200}, Case{"/a", "POST", 405}, Case{"/a", "OPTIONS", 204},
        Case{"/.a", "GET", 404}, Case{"/none", "GET", 404}, Case{"/folder", "GET", 301},
        Case{"/folder/", "GET", 403}}) {
    CAPTURE(c.target);
    const Reply reply = service.ask(c.target, {{"Accept-Encoding", "br"}}, c.method);
    CHECK(reply.status == c.status);
    CHECK(reply.field("Vary") == "Accept-Encoding");
    CHECK(reply.fields.find("Vary") == reply.fields.rfind("Vary"));
  }
}

TEST_CASE("each coding has a tag of its own, for conditions and ranges") {
  FileService service(with(kAll));
  write_all(service, "a");
  const Fields br{{"Accept-Encoding", "br"}};
  const Reply plain = service.ask("/a");
  const Reply coded = service.ask("/a", br);
  CHECK(plain.field("ETag") == "\"14d1120d8271cd15-5\"");
  CHECK(coded.field("ETag") == "\"14d1120d8271cd15-7-br\"");
  CHECK(service.ask("/a", {{"Accept-Encoding", "zstd"}}).field("ETag") ==
        "\"14d1120d8271cd15-4-zstd\"");
  const auto ask = [&](const std::string& name, const std::string& value) {
    return service.ask("/a", {{"Accept-Encoding", "br"}, {name, value}});
  };
  const Reply same = ask("If-None-Match", coded.field("ETag"));
  CHECK(same.status == 304);
  CHECK(same.field("Vary") == "Accept-Encoding");
  CHECK(same.field("ETag") == coded.field("ETag"));
  CHECK(ask("If-None-Match", plain.field("ETag")).status == 200);
  CHECK(ask("If-Match", plain.field("ETag")).status == 412);
  const Reply part = ask("Range", "bytes=2-3");
  CHECK(part.status == 206);
  CHECK(part.body == "ot");
  CHECK(part.field("Content-Range") == "bytes 2-3/7");
  CHECK(part.field("Content-Encoding") == "br");
}

TEST_CASE("a sibling counts when it is a file, readable, and not older in whole seconds") {
  FileService service(with({Coding::kBrotli}));
  const Fields br{{"Accept-Encoding", "br"}};
  constexpr timespec kFile{1'500'000'000, 900};
  const auto prepare = [&](const std::string& name, timespec sibling) {
    service.folder.write(name, "plain");
    service.folder.set_modified(name, kFile);
    service.folder.write(name + ".br", "brotli!");
    service.folder.set_modified(name + ".br", sibling);
  };
  prepare("same", kFile);
  prepare("same-second", {1'500'000'000, 0});
  prepare("newer", {1'500'000'001, 0});
  prepare("older", {1'499'999'999, 999'999'999});
  for (const std::string target : {"/same", "/same-second", "/newer"}) {
    CAPTURE(target);
    CHECK(service.ask(target, br).body == "brotli!");
  }
  write_old(service, "folder", "plain");
  service.folder.make_folder("folder.br");
  write_old(service, "fifo", "plain");
  service.folder.make_fifo("fifo.br");
  write_old(service, "link", "plain");
  service.folder.make_link("link.br", "/etc/hostname");
  for (const std::string target : {"/older", "/folder", "/fifo", "/link"}) {
    CAPTURE(target);
    const Reply reply = service.ask(target, br);
    CHECK(reply.status == 200);
    CHECK(reply.body == "plain");
    CHECK(reply.field("Content-Encoding") == "(none)");
    CHECK(reply.field("Vary") == "Accept-Encoding");
  }
  service.folder.write("alone.br", "brotli!");
  CHECK(service.ask("/alone", br).status == 404);
}

TEST_CASE("siblings that come and go are noticed") {
  FileService service(with({Coding::kGzip}));
  write_old(service, "a", "plain");
  const auto ask = [&] { return service.ask("/a", {{"Accept-Encoding", "gzip"}}); };
  CHECK(ask().body == "plain");
  write_old(service, "a.gz", "gz");
  REQUIRE(service.turn_until([&] { return ask().body == "gz"; }));
  service.folder.remove("a.gz");
  REQUIRE(service.turn_until([&] { return ask().body == "plain"; }));
}

TEST_CASE("index, extension and fallback have siblings too") {
  FileService::Options options = with({Coding::kGzip});
  options.files.extensions = {"html"};
  options.files.fallback = "/fallback.html";
  FileService service(options);
  const Fields gzip{{"Accept-Encoding", "gzip"}};
  for (const std::string name : {"index.html", "page.html", "fallback.html"}) {
    write_old(service, name, "plain");
    write_old(service, name + ".gz", "gz of " + name);
  }
  struct Case {
    std::string target;
    std::string body;
  };
  for (const Case& c : {Case{"/", "gz of index.html"}, Case{"/page", "gz of page.html"},
                        Case{"/none", "gz of fallback.html"}}) {
    CAPTURE(c.target);
    const Reply reply = service.ask(c.target, gzip);
    CHECK(reply.body == c.body);
    CHECK(reply.field("Content-Type") == "text/html; charset=utf-8");
  }
}

TEST_CASE("without precompressed nothing varies") {
  FileService service(with({}));
  write_all(service, "a");
  const Reply reply = service.ask("/a", {{"Accept-Encoding", "br, identity;q=0"}});
  CHECK(reply.body == "plain");
  CHECK(reply.field("Vary") == "(none)");
}
