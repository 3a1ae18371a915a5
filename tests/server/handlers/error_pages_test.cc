// Goal: a site's page answers with the status that it stands for, its own type and bytes and what
// the handler has added, and nothing else of a file; whatever is wrong with it the built-in page
// answers, with the same status, soon. Method: file_service.h with a second folder, that of the
// pages; a page whose look-up does not end shares the queue of the root that a gate holds.
#include "server/handlers/error_pages.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "tests/server/handlers/file_service.h"

using namespace files_test;
using server::ErrorPages;

namespace {

constexpr std::string_view kBuiltIn = "<!doctype html>\n<html lang=\"en\">";

// Pages for a service: of 404, 405, 412, 416 and 503, each named after its status.
class Pages {
 public:
  explicit Pages(FileService& service, bool on_its_queue = false)
      : service_(service),
        source_{std::move(*server::RootDirectory::open(folder.path())), options(),
                on_its_queue ? service.source().queue : std::make_shared<core::JobQueue>()},
        pages_(service.cache()) {
    for (const int status : {204, 404, 405, 412, 416, 503}) {
      pages_.add(status, source_, "/" + std::to_string(status) + ".html");
    }
    service_.status_pages = &pages_;
  }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  ~Pages() { service_.stop(); }

  TemporaryFolder folder;

  // As a handler does that answers with a status alone.
  [[nodiscard]] std::unique_ptr<PendingRequest> refuse(int status) {
    auto request = std::make_unique<PendingRequest>("GET", "/", Fields{});
    request->exchange().status_pages = &pages_;
    server::respond_with_status(request->exchange(), status);
    return request;
  }
  [[nodiscard]] Reply refused(int status) {
    const auto request = refuse(status);
    return service_.wait_for(*request);
  }

 private:
  static config::Files options() {
    config::Files files;
    files.index.clear();
    files.symlinks = config::Symlinks::kFollow;
    return files;
  }

  FileService& service_;
  const server::FileSource source_;
  ErrorPages pages_;
};

void check_built_in(const Reply& reply, int status) {
  CHECK(reply.status == status);
  CHECK(reply.body.starts_with(kBuiltIn));
  CHECK(reply.body.find(std::to_string(status)) != std::string::npos);
  CHECK(reply.field("Content-Type") == "text/html; charset=utf-8");
}

}  // namespace

TEST_CASE("a page has its status, its type and its bytes, and nothing else of a file") {
  FileService service;
  Pages pages(service);
  pages.folder.write("404.html", "<p>lost");
  for (int time = 0; time < 2; ++time) {  // looked up, then known
    const Reply reply = service.ask("/missing");
    CHECK(reply.status == 404);
    CHECK(reply.body == "<p>lost");
    CHECK(reply.fields == "Content-Type: text/html; charset=utf-8\r\n");
  }
  // Its neighbours are not affected.
  service.folder.write("there", "x");
  CHECK(service.ask("/there").body == "x");
}

TEST_CASE("a known page is answered at once") {
  FileService service;
  Pages pages(service);
  pages.folder.write("503.html", "later");
  REQUIRE(pages.refused(503).body == "later");
  const auto request = pages.refuse(503);
  REQUIRE(request->exchange().responded());
  CHECK(request->exchange().context == nullptr);
  CHECK(request->reply().body == "later");
}

TEST_CASE("the fields of the handler are kept, and its own type is not needed") {
  FileService service;
  Pages pages(service);
  service.folder.write("f", "0123456789");
  pages.folder.write("405.html", "not so");
  pages.folder.write("416.html", "not there");
  const Reply method = service.ask("/f", {}, "POST");
  CHECK(method.status == 405);
  CHECK(method.body == "not so");
  CHECK(method.field("Allow") == "GET, HEAD, OPTIONS");
  const Reply range = service.ask("/f", {{"Range", "bytes=10-"}});
  CHECK(range.status == 416);
  CHECK(range.body == "not there");
  CHECK(range.fields == "Content-Type: text/html; charset=utf-8\r\nContent-Range: bytes */10\r\n");
}

TEST_CASE("conditions and ranges of the request are not the page's") {
  FileService service;
  Pages pages(service);
  pages.folder.write("404.html", "<p>lost");
  pages.folder.write("412.html", "another");
  const Reply missing = service.ask(
      "/missing", {{"Range", "bytes=0-1"}, {"If-None-Match", "*"}, {"If-Match", "\"x\""}});
  CHECK(missing.status == 404);
  CHECK(missing.body == "<p>lost");
  service.folder.write("f", "x");
  const Reply failed = service.ask("/f", {{"If-Match", "\"x\""}});
  CHECK(failed.status == 412);
  CHECK(failed.body == "another");
}

TEST_CASE("a large page is sent from disk, an empty one is empty") {
  FileService service;
  Pages pages(service);
  const std::string large(200'000, 'l');
  pages.folder.write("404.html", large);
  pages.folder.write("503.html", "");
  for (int time = 0; time < 2; ++time) {
    const Reply reply = service.ask("/missing");
    CHECK(reply.status == 404);
    CHECK(reply.from_file);
    CHECK((reply.body == large));
    CHECK(reply.field("ETag") == "(none)");
    CHECK(reply.field("Accept-Ranges") == "(none)");
  }
  CHECK(pages.refused(503).body.empty());
}

TEST_CASE("statuses without content have no page, and those without a page the built-in one") {
  FileService service;
  Pages pages(service);
  pages.folder.write("204.html", "never");
  service.folder.write("f", "x");
  const Reply options = service.ask("/f", {}, "OPTIONS");
  CHECK(options.status == 204);
  CHECK(options.body.empty());
  CHECK(options.fields == "Allow: GET, HEAD, OPTIONS\r\n");
  check_built_in(pages.refused(500), 500);
}

TEST_CASE("whatever is wrong with a page, its status comes with the built-in one") {
  FileService service;
  Pages pages(service);
  pages.folder.make_folder("405.html");
  pages.folder.make_fifo("412.html");
  pages.folder.make_link("416.html", "416.html");
  pages.folder.make_socket("503.html");
  for (const int status : {404, 405, 412, 416, 503}) {
    CAPTURE(status);
    check_built_in(pages.refused(status), status);
    check_built_in(pages.refused(status), status);
  }
}

TEST_CASE("a page that leaves its folder by a link is followed") {
  FileService service;
  Pages pages(service);
  service.folder.write("elsewhere", "linked");
  pages.folder.make_link("404.html", service.folder.path_of("elsewhere"));
  CHECK(service.ask("/missing").body == "linked");
}

TEST_CASE("an edit, a removal and a return show within a second") {
  FileService service;
  Pages pages(service);
  pages.folder.write("404.html", "old");
  REQUIRE(service.ask("/missing").body == "old");
  const auto check_within_a_second = [&](const std::string& old, const std::string& now) {
    const core::TimePoint changed = core::Clock::now();
    static_cast<void>(service.ask_until("/missing", [&](const Reply& reply) {
      CHECK(reply.status == 404);
      const bool is_new = reply.body.starts_with(now);
      if (!is_new) {
        CHECK(reply.body.starts_with(old));
        CHECK(service.loop().turn_began() - changed <=
              server::FileCache::kValidFor + std::chrono::milliseconds(100));
      }
      return is_new;
    }));
  };
  pages.folder.write("404.html", "new");
  check_within_a_second("old", "new");
  pages.folder.remove("404.html");
  check_within_a_second("new", std::string(kBuiltIn));
  pages.folder.replace("404.html", "back");
  check_within_a_second(std::string(kBuiltIn), "back");
}

TEST_CASE("a full queue: the built-in page at once") {
  FileService::Options options;
  options.queue_jobs_max = 4;
  FileService service(options);
  Pages pages(service, true);
  pages.folder.write("503.html", "later");
  service.close_gate();
  service.fill_queue(0);
  const auto request = service.start("/any");  // overloaded itself, as its page is
  REQUIRE(request->exchange().responded());
  const Reply reply = request->reply();
  check_built_in(reply, 503);
  CHECK(reply.field("Retry-After") == "1");
  service.open_gate();
  CHECK(pages.refused(503).body == "later");
}

TEST_CASE("a page that hangs is waited for a second, the next not at all, and it recovers") {
  FileService service;
  Pages pages(service, true);
  pages.folder.write("404.html", "<p>lost");
  service.close_gate();
  const core::TimePoint began = service.loop().turn_began();
  const auto waiting = pages.refuse(404);
  const auto leaving = pages.refuse(404);
  CHECK_FALSE(waiting->exchange().responded());
  CHECK(waiting->exchange().decided());
  check_built_in(service.wait_for(*waiting), 404);
  CHECK(service.loop().turn_began() - began >= ErrorPages::kWaitMax);
  const auto next = pages.refuse(404);
  REQUIRE(next->exchange().responded());
  check_built_in(next->reply(), 404);
  service.open_gate();
  const core::TimePoint give_up = core::Clock::now() + std::chrono::seconds(10);
  while (pages.refused(404).body != "<p>lost") {
    REQUIRE(core::Clock::now() < give_up);
    service.loop().turn();
  }
}

TEST_CASE("a client that leaves while its page is looked up is forgotten") {
  FileService service;
  Pages pages(service, true);
  pages.folder.write("404.html", "<p>lost");
  service.close_gate();
  auto leaves = pages.refuse(404);
  const auto stays = pages.refuse(404);
  leaves.reset();
  service.open_gate();
  CHECK(service.wait_for(*stays).body == "<p>lost");
}

TEST_CASE("a listing that fails has its page, which takes the place of what waited") {
  FileService::Options options;
  options.files.listing = true;
  FileService service(options);
  Pages pages(service);
  pages.folder.write("404.html", "<p>lost");
  service.folder.make_folder("d");
  REQUIRE(service.ask("/d/").status == 200);
  service.close_gate();
  const auto request = service.start("/d/");  // known to be a folder
  REQUIRE_FALSE(request->exchange().responded());
  REQUIRE(::rmdir(service.folder.path_of("d").c_str()) == 0);
  service.open_gate();
  const Reply reply = service.wait_for(*request);
  CHECK(reply.status == 404);
  CHECK(reply.body == "<p>lost");
}

TEST_CASE("while there is a sink a page is not waited for, but answered when it is known") {
  class Sink final : public server::HandlerContext, public server::BodySink {
    void on_content(std::span<const std::byte>) override {}
    void on_content_end() override {}
  };
  FileService service;
  Pages pages(service);
  pages.folder.write("404.html", "<p>lost");
  for (const bool known : {false, true}) {
    CAPTURE(known);
    if (known) REQUIRE(pages.refused(404).body == "<p>lost");
    PendingRequest request("GET", "/", {});
    server::Exchange& exchange = request.exchange();
    exchange.status_pages = service.status_pages;
    auto sink = std::make_unique<Sink>();
    exchange.body_sink = sink.get();
    exchange.context = std::move(sink);
    server::respond_with_status(exchange, 404);
    REQUIRE(exchange.responded());
    CHECK(exchange.context != nullptr);
    CHECK(request.reply().body.starts_with(known ? "<p>lost" : kBuiltIn));
  }
}
