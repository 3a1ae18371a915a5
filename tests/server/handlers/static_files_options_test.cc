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

TEST_CASE("extensions: a path that is missing is found with one, the first that is there") {
  FileService::Options options;
  options.files.extensions = {"html", "txt"};
  FileService service(options);
  service.folder.write("both.txt", "text");
  service.folder.write("both.html", "html");
  service.folder.write("second.txt", "text");
  service.folder.write("exact", "exact");
  service.folder.write("exact.html", "html");
  service.folder.make_folder("folder");
  service.folder.write("folder.html", "html");
  service.folder.make_folder("odd.html");
  service.folder.write("odd.txt", "behind a folder of that name");
  service.folder.make_fifo("pipe.html");
  service.folder.write("a.b.html", "two dots");
  CHECK(service.ask("/both").body == "html");
  CHECK(service.ask("/both").field("Content-Type") == "text/html; charset=utf-8");
  CHECK(service.ask("/both.txt").body == "text");
  CHECK(service.ask("/second").field("Content-Type") == "text/plain; charset=utf-8");
  CHECK(service.ask("/exact").body == "exact");
  CHECK(service.ask("/folder").field("Location") == "/folder/");
  CHECK(service.ask("/odd").body == "behind a folder of that name");
  CHECK(service.ask("/a.b").body == "two dots");
  CHECK(service.ask("/pipe").status == 403);
  CHECK(service.ask("/folder/").status == 403);
  for (const std::string target : {"/both/", "/none", "/both.htm", "/both/x"}) {
    CAPTURE(target);
    CHECK(service.ask(target).status == 404);
  }
}

TEST_CASE("extensions: names that would be too long are missing") {
  FileService::Options options;
  options.files.extensions = {"html", std::string(5000, 'e'), "txt"};
  FileService service(options);
  const std::string longest(250, 'n');  // NAME_MAX is 255
  service.folder.write(longest + ".html", "html");
  service.folder.write(longest + "n.txt", "text");
  CHECK(service.ask("/" + longest).body == "html");
  CHECK(service.ask("/" + longest + "n").body == "text");
  CHECK(service.ask("/" + longest + "nn").status == 404);
  std::string path;
  while (path.size() < 5000) path += "/" + std::string(9, 'p');
  for (std::size_t size = 4088; size < 4100; ++size) {
    CAPTURE(size);
    CHECK(service.ask(path.substr(0, size)).status == 404);
  }
}

TEST_CASE("fallback: what is missing is answered with another file, and 200") {
  FileService::Options options;
  options.files.fallback = "/app/index.html";
  FileService service(options);
  service.folder.make_folder("app");
  service.folder.write("app/index.html", "app");
  service.folder.make_old("app/index.html");
  service.folder.write("a", "a");
  service.folder.make_fifo("fifo");
  CHECK(service.ask("/a").body == "a");
  for (const std::string method : {"GET", "HEAD"}) {
    for (const std::string target : {"/none", "/none/", "/a/b", "/none.css", "/none?x"}) {
      for (int time = 0; time < 2; ++time) {  // looked up, then known
        CAPTURE(target);
        const Reply reply = service.ask(target, {}, method);
        CHECK(reply.status == 200);
        CHECK(reply.body == "app");
        CHECK(reply.field("Content-Type") == "text/html; charset=utf-8");
      }
    }
  }
  const std::string etag = service.ask("/none").field("ETag");
  CHECK(service.ask("/none", {{"If-None-Match", etag}}).status == 304);
  CHECK(service.ask("/none", {{"Range", "bytes=1-"}}).status == 206);
  // What is there, or is nobody's business, is not missing.
  CHECK(service.ask("/app").status == 301);
  for (const std::string target : {"/.hidden", "/a%2Fb", "/none/.git"}) {
    CAPTURE(target);
    CHECK(service.ask(target).status == 404);
  }
  CHECK(service.ask("/fifo").status == 403);
  CHECK(service.ask("/none", {}, "POST").status == 405);
}

TEST_CASE("fallback: thousands of missing paths share one copy") {
  FileService::Options options;
  options.files.fallback = "/index.html";
  FileService service(options);
  service.folder.write("index.html", std::string(50'000, 'i'));
  for (int i = 0; i < 100; ++i) CHECK(service.ask("/none" + std::to_string(i)).status == 200);
  CHECK(service.cache().bytes() < 200'000);
}

TEST_CASE("fallback: one that is no file is 404 when missing, and never a redirect") {
  struct Case {
    std::string fallback;
    int status;
  };
  for (const Case& c :
       {Case{"/none", 404}, Case{"/folder", 404}, Case{"file", 200}, Case{"folder/../none", 404},
        Case{"/folder/", 403}, Case{"/fifo", 403}, Case{"/../secret", 403}}) {
    CAPTURE(c.fallback);
    FileService::Options options;
    options.files.fallback = c.fallback;
    FileService service(options);
    service.folder.make_folder("folder");
    service.folder.make_fifo("fifo");
    service.folder.write("file", "x");
    CHECK(service.ask("/missing").status == c.status);
    CHECK(service.ask("/none").status == c.status);  // known by now
  }
}

TEST_CASE("fallback: it is not stripped of a prefix, and serves what lies outside of it") {
  FileService::Options options;
  options.files.fallback = "/index.html";
  options.files.strip_prefix = "/app";
  FileService service(options);
  service.folder.write("index.html", "app");
  CHECK(service.ask("/app/none").body == "app");
  CHECK(service.ask("/elsewhere").body == "app");
}

TEST_CASE("fallback: a client may leave between the two look-ups, others are served") {
  FileService::Options options;
  options.files.fallback = "/index.html";
  FileService service(options);
  service.folder.write("index.html", "app");
  auto leaving = service.start("/none");
  const auto staying = service.start("/none");
  REQUIRE(service.turn_until([&service] { return service.cache().look_ups() == 2; }));
  leaving.reset();
  CHECK(service.wait_for(*staying).body == "app");
}

TEST_CASE("symlinks: follow serves what links lead to, wherever that is") {
  TemporaryFolder outside;
  outside.write("file", "outside");
  outside.make_folder("folder");
  outside.write("folder/index.html", "index");
  FileService::Options options;
  options.files.symlinks = config::Symlinks::kFollow;
  FileService service(options);
  service.folder.make_link("file", outside.path_of("file"));
  service.folder.make_link("folder", outside.path_of("folder"));
  service.folder.make_link("device", "/dev/zero");
  service.folder.make_link("magic", "/proc/self/fd");
  service.folder.make_link("circle", "circle");
  CHECK(service.ask("/file").body == "outside");
  CHECK(service.ask("/folder").field("Location") == "/folder/");
  CHECK(service.ask("/folder/").body == "index");
  CHECK(service.ask("/device").status == 403);
  CHECK(service.ask("/magic/0").status == 404);
  CHECK(service.ask("/circle").status == 404);
}
