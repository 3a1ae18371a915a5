// Goal: a directory without an index is listed where that is allowed, in the form that is asked
// for; a client that leaves meanwhile disturbs nobody. Method: the handler on a temporary folder,
// with the worker held by a gate where it matters.

#include "server/handlers/listing_job.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/server/handlers/file_service.h"

using files_test::FileService;
using files_test::Reply;

namespace {

FileService::Options with_listing() {
  FileService::Options options;
  options.files.listing = true;
  return options;
}

}  // namespace

TEST_CASE("a directory is listed, as a page or as JSON; an index wins") {
  FileService service(with_listing());
  service.folder.make_folder("d");
  service.folder.write("d/a <b>.txt", "12345");
  service.folder.write("d/.hidden", "x");
  const Reply page = service.ask("/d/");
  CHECK(page.status == 200);
  CHECK(page.field("Content-Type") == "text/html; charset=utf-8");
  CHECK(page.field("Vary") == "Accept");
  CHECK(page.body.find("a &lt;b&gt;.txt") != std::string::npos);
  CHECK(page.body.find("hidden") == std::string::npos);
  const Reply json = service.ask("/d/", {{"Accept", "application/json"}});
  CHECK(json.status == 200);
  CHECK(json.field("Content-Type").starts_with("application/json"));
  CHECK(json.body.find("\"a <b>.txt\"") != std::string::npos);
  CHECK(service.ask("/d").status == 301);
  CHECK(service.ask("/none/").status == 404);
  CHECK(service.ask("/").status == 200);
  service.folder.write("d/index.html", "index");
  CHECK(service.ask_until("/d/", [](const Reply& reply) { return reply.body == "index"; }).status ==
        200);
}

TEST_CASE("without listing a directory stays closed") {
  FileService service;
  service.folder.make_folder("d");
  CHECK(service.ask("/d/").status == 403);
}

TEST_CASE("a client that leaves while its directory is read") {
  FileService service(with_listing());
  service.folder.make_folder("d");
  CHECK(service.ask("/d/").status == 200);  // now it is known that there is no index
  service.close_gate();
  auto leaving = service.start("/d/");
  CHECK_FALSE(leaving->exchange().responded());
  leaving.reset();
  service.open_gate();
  CHECK(service.ask("/d/").status == 200);
}

TEST_CASE("a listing that fails is a 500, and the next one is listed") {
  using Failure = test::FailingWorkers::Failure;
  for (const Failure failure : {Failure::kBeforeRun, Failure::kAfterRun}) {
    FileService service(with_listing());
    service.folder.make_folder("d");
    CHECK(service.ask("/d/").status == 200);  // now it is known that there is no index
    service.fail_jobs(failure);
    const Reply reply = service.ask("/d/");
    CHECK(reply.status == 500);
    CHECK(reply.field("Vary") == "(none)");
    service.fail_jobs(Failure::kNone);
    CHECK(service.ask("/d/").status == 200);
  }
}
