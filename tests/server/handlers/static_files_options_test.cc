// Goal: each option of a files route does what it says, and nothing besides. Method: a real folder,
// loop and worker (file_service.h), one service per set of options; exchanges made by hand.
#include <doctest/doctest.h>

#include <string>

#include "server/handlers/static_files.h"
#include "tests/server/handlers/file_service.h"

using namespace files_test;

TEST_CASE("strip_prefix is taken off at the border of a segment") {
  FileService::Options options;
  options.files.strip_prefix = "/files/old";
  FileService service(options);
  service.folder.write("a", "top");
  service.folder.write("index.html", "index");
  service.folder.make_folder("files");
  service.folder.make_folder("files/old");
  service.folder.write("files/old/a", "not taken off twice");
  CHECK(service.ask("/files/old/a").body == "top");
  CHECK(service.ask("/files/old/").body == "index");
  CHECK(service.ask("/files/old/files/old/a").body == "not taken off twice");
  for (const std::string target : {"/a", "/", "/files/olda", "/files/older/a", "/files/a",
                                   "/files/old%2Fa", "/files", "/FILES/old/a"}) {
    CAPTURE(target);
    CHECK(service.ask(target).status == 404);
  }
}

TEST_CASE("strip_prefix: a redirect to a folder names the whole path of the request") {
  FileService::Options options;
  options.files.strip_prefix = "/files";
  FileService service(options);
  service.folder.make_folder("a b");
  const Reply below = service.ask("/files/a%20b?x=1");
  CHECK(below.status == 301);
  CHECK(below.field("Location") == "/files/a%20b/?x=1");
  const Reply root = service.ask("/files?x=1");
  CHECK(root.status == 301);
  CHECK(root.field("Location") == "/files/?x=1");
}

TEST_CASE("dot files are judged on the whole path of the request, prefix included") {
  FileService::Options options;
  options.files.strip_prefix = "/.well-known/acme-challenge";
  FileService challenges(options);
  challenges.folder.write("token", "key");
  challenges.folder.write(".hidden", "secret");
  CHECK(challenges.ask("/.well-known/acme-challenge/token").body == "key");
  CHECK(challenges.ask("/.well-known/acme-challenge/.hidden").status == 404);

  options.files.strip_prefix = "/a";
  FileService service(options);
  service.folder.make_folder(".well-known");
  service.folder.write(".well-known/b", "secret");
  CHECK(service.ask("/a/.well-known/b").status == 404);
}

TEST_CASE("dotfiles: true serves them") {
  FileService::Options options;
  options.files.dotfiles = true;
  FileService service(options);
  service.folder.write(".a", "dot");
  service.folder.make_folder(".b");
  service.folder.write(".b/.c", "deep");
  CHECK(service.ask("/.a").body == "dot");
  CHECK(service.ask("/.b/.c").body == "deep");
  CHECK(service.ask("/.b").status == 301);
  CHECK(service.ask("/.none").status == 404);
  CHECK(service.ask("/.b%2F.c").status == 404);
}

TEST_CASE("types of the route come before those everybody knows, whatever the case") {
  FileService::Options options;
  options.files.types = {{"html", "text/x-ours"}, {"wad", "application/x-doom"}};
  FileService service(options);
  struct Case {
    std::string name;
    std::string type;
  };
  for (const Case& c :
       {Case{"a.html", "text/x-ours"}, Case{"b.HtMl", "text/x-ours"},
        Case{"c.WAD", "application/x-doom"}, Case{"d.tar.wad", "application/x-doom"},
        Case{"e.css", "text/css; charset=utf-8"}, Case{"html", "application/octet-stream"}}) {
    CAPTURE(c.name);
    service.folder.write(c.name, "x");
    CHECK(service.ask("/" + c.name).field("Content-Type") == c.type);
  }
  // An index has the type of its own name.
  service.folder.write("index.html", "x");
  CHECK(service.ask("/").field("Content-Type") == "text/x-ours");
}
