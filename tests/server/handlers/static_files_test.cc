// Goal: what a browser gets for the files of a folder, whatever lies in it: content with its
// validators, redirects, refusals, and never anything from outside the folder. Method: a real
// folder, loop and worker (file_service.h); exchanges made by hand. Conditions and ranges have a
// file of their own.
#include "server/handlers/static_files.h"

#include <doctest/doctest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>

#include "tests/core/base/few_descriptors.h"
#include "tests/server/handlers/file_service.h"

using namespace files_test;

namespace {

// A status that refuses, with a page that says so.
void check_refused(const Reply& reply, int status) {
  CHECK(reply.status == status);
  CHECK(reply.field("Content-Type") == "text/html; charset=utf-8");
  CHECK(reply.body.find(std::to_string(status)) != std::string::npos);
  CHECK(reply.field("ETag") == "(none)");
}

}  // namespace

TEST_CASE("a file comes with its bytes, its type and its validators") {
  FileService service;
  service.folder.write("a.css", "body{}");
  service.folder.make_old("a.css");
  const Reply reply = service.ask("/a.css");
  CHECK(reply.status == 200);
  CHECK(reply.body == "body{}");
  CHECK(reply.field("Content-Type") == "text/css; charset=utf-8");
  CHECK(reply.field("Accept-Ranges") == "bytes");
  CHECK(reply.field("Last-Modified") == "Fri, 14 Jul 2017 02:40:00 GMT");  // 1500000000
  // 1500000000123456789 and 6 in hexadecimal.
  CHECK(reply.field("ETag") == "\"14d1120d8271cd15-6\"");
}

TEST_CASE("it works the same on both engines") {
  for (const core::EngineChoice choice :
       {core::EngineChoice::kEpoll, core::EngineChoice::kIoUring}) {
    const auto engine = core::choose_engine(choice, 1);
    if (!engine) {
      MESSAGE("skipped: " << engine.error().message);
      continue;
    }
    FileService::Options options;
    options.engine = *engine;
    FileService service(options);
    service.folder.write("small", "s");
    service.folder.write("large", std::string(100'000, 'l'));
    CHECK(service.ask("/small").body == "s");
    CHECK((service.ask("/large").body == std::string(100'000, 'l')));
    CHECK(service.ask("/none").status == 404);
    CHECK(service.ask("/small").body == "s");
  }
}

TEST_CASE("sizes: nothing, one byte, what memory holds, and one more") {
  FileService service;
  constexpr std::size_t kSmall = std::size_t{64} * 1024;
  struct Case {
    std::size_t size;
    bool from_file;
  };
  for (const Case& c : {Case{0, false}, Case{1, false}, Case{kSmall - 1, false},
                        Case{kSmall, false}, Case{kSmall + 1, true}, Case{1'000'000, true}}) {
    CAPTURE(c.size);
    std::string text(c.size, 'a');
    if (c.size > 0) text.back() = 'z';
    const std::string name = "f" + std::to_string(c.size);
    service.folder.write(name, text);
    for (int time = 0; time < 2; ++time) {  // looked up, then known
      const Reply reply = service.ask("/" + name);
      CHECK(reply.status == 200);
      CHECK((reply.body == text));
      CHECK(reply.from_file == c.from_file);
    }
  }
}

TEST_CASE("a folder without its slash is redirected, relative and with its query") {
  FileService service;
  service.folder.make_folder("a b");
  service.folder.make_folder("a b/\xc3\xa4");
  struct Case {
    std::string target;
    std::string location;
  };
  const Case cases[] = {
      {"/a%20b", "/a%20b/"},
      {"/a%20b?x=1&y=%20", "/a%20b/?x=1&y=%20"},
      {"/a%20b?", "/a%20b/?"},
      {"/a%20b/%C3%A4", "/a%20b/%C3%A4/"},
      {"//a%20b", "/a%20b/"},  // no network path: that would lead to another host
      {"/./a%20b/.././a%20b", "/a%20b/"},
      {"http://evil.example/a%20b", "/a%20b/"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.target);
    const Reply reply = service.ask(c.target);
    CHECK(reply.status == 301);
    CHECK(reply.field("Location") == c.location);
  }
}

TEST_CASE("a folder shows its index, the first that is there") {
  FileService::Options options;
  options.files.index = {"index.html", "index.txt", "nested/index"};
  FileService service(options);
  service.folder.make_folder("both");
  service.folder.write("both/index.txt", "text");
  service.folder.write("both/index.html", "html");
  service.folder.make_folder("second");
  service.folder.write("second/index.txt", "text");
  service.folder.make_folder("none");
  service.folder.make_folder("folder");
  service.folder.make_folder("folder/index.html");
  service.folder.write("folder/index.txt", "behind a folder of that name");
  CHECK(service.ask("/both/").body == "html");
  CHECK(service.ask("/both/").field("Content-Type") == "text/html; charset=utf-8");
  CHECK(service.ask("/second/").body == "text");
  CHECK(service.ask("/second/").field("Content-Type") == "text/plain; charset=utf-8");
  CHECK(service.ask("/folder/").body == "behind a folder of that name");
  check_refused(service.ask("/none/"), 403);
  check_refused(service.ask("/"), 403);
  check_refused(service.ask("/missing/"), 404);
  service.folder.write("index.html", "top");
  CHECK(service.ask_until("/", [](const Reply& reply) { return reply.status == 200; }).body ==
        "top");
}

TEST_CASE("a folder without an index list shows nothing") {
  FileService::Options options;
  options.files.index = {};
  FileService service(options);
  service.folder.write("index.html", "top");
  check_refused(service.ask("/"), 403);
  CHECK(service.ask("/index.html").body == "top");
}

TEST_CASE("what is not there is 404") {
  FileService service;
  service.folder.write("file", "x");
  service.folder.make_link("dangling", "nowhere");
  service.folder.make_link("circle", "circle");
  for (const std::string target : {"/none", "/none/none", "/file/", "/file/below", "/FILE",
                                   "/file%20", "/dangling", "/circle", "/circle/x", "/*"}) {
    CAPTURE(target);
    check_refused(service.ask(target), 404);
  }
}

TEST_CASE("names that are too long are 404, at every limit") {
  FileService service;
  const std::string longest(255, 'n');  // NAME_MAX
  service.folder.write(longest, "x");
  CHECK(service.ask("/" + longest).body == "x");
  check_refused(service.ask("/" + longest + "n"), 404);
  // PATH_MAX is 4096 with its NUL.
  std::string path;
  while (path.size() < 5000) path += "/" + std::string(9, 'p');
  for (const std::size_t size : {4094U, 4095U, 4096U, 4097U, 5000U}) {
    CAPTURE(size);
    check_refused(service.ask(path.substr(0, size)), 404);
    check_refused(service.ask(path.substr(0, size - 1) + "/"), 404);
  }
}

TEST_CASE("dot files are hidden, /.well-known is not (RFC 8615)") {
  FileService service;
  service.folder.write(".htpasswd", "secret");
  service.folder.make_folder(".git");
  service.folder.write(".git/config", "secret");
  service.folder.make_folder("a");
  service.folder.write("a/.b", "secret");
  service.folder.make_folder("a/.well-known");
  service.folder.write("a/.well-known/c", "secret");
  service.folder.make_folder(".well-known");
  service.folder.write(".well-known/security.txt", "public");
  service.folder.write(".well-known/.hidden", "secret");
  service.folder.write(".well-knownx", "secret");
  service.folder.write("visible.txt", "public");
  service.folder.write("..data", "secret");
  for (const std::string target :
       {"/.htpasswd", "/.git/config", "/.git", "/.git/", "/a/.b", "/a/.well-known/c",
        "/.well-known/.hidden", "/.well-knownx", "/%2ehtpasswd", "/%2Egit/config", "/..data",
        "/.well-known/../.htpasswd", "/x/../.htpasswd", "//.htpasswd", "/.WELL-KNOWN/security.txt",
        "/.none"}) {
    CAPTURE(target);
    check_refused(service.ask(target), 404);
  }
  CHECK(service.ask("/.well-known/security.txt").body == "public");
  CHECK(service.ask("/visible.txt").body == "public");
}

TEST_CASE("an encoded slash is part of no name") {
  FileService service;
  service.folder.make_folder("a");
  service.folder.write("a/b", "x");
  service.folder.write("a%2Fb", "a file of that very name");
  check_refused(service.ask("/a%2Fb"), 404);
  check_refused(service.ask("/a%2fb"), 404);
  CHECK(service.ask("/a%252Fb").body == "a file of that very name");
  CHECK(service.ask("/a/b").body == "x");
}

TEST_CASE("links are followed inside the folder and nowhere else") {
  TemporaryFolder outside;
  outside.write("secret", "secret");
  FileService service;
  service.folder.make_folder("real");
  service.folder.write("real/file", "inside");
  service.folder.make_link("file-link", "real/file");
  service.folder.make_link("folder-link", "real");
  service.folder.make_link("real/up", "../real/file");
  service.folder.make_link("..data", "real");
  service.folder.make_link("kubernetes", "..data/file");
  for (const std::string target : {"/file-link", "/folder-link/file", "/real/up", "/kubernetes"}) {
    CAPTURE(target);
    CHECK(service.ask(target).body == "inside");
  }
  CHECK(service.ask("/folder-link").status == 301);

  service.folder.make_link("absolute-inside", service.folder.path_of("real/file"));
  service.folder.make_link(
      "up-and-back",
      "../" + service.folder.path().substr(service.folder.path().rfind('/') + 1) + "/real/file");
  for (const std::string target : {"/absolute-inside", "/up-and-back"}) {
    CAPTURE(target);
    CHECK(service.ask(target).body == "inside");
  }

  service.folder.make_link("absolute", outside.path_of("secret"));
  service.folder.make_link("absolute-folder", outside.path());
  const std::string name = outside.path().substr(outside.path().rfind('/') + 1);
  service.folder.make_link("relative", "../" + name + "/secret");
  service.folder.make_link("relative-folder", "../" + name);
  service.folder.make_link("proc", "/proc/self/fd");
  service.folder.make_link("zero", "/dev/zero");
  for (const std::string target :
       {"/absolute", "/absolute-folder", "/absolute-folder/", "/absolute-folder/secret",
        "/relative", "/relative-folder/secret", "/proc/0", "/zero"}) {
    CAPTURE(target);
    check_refused(service.ask(target), 403);
  }
}

TEST_CASE("what is neither file nor folder is refused, and nobody waits for it") {
  FileService service;
  service.folder.make_fifo("fifo");
  service.folder.make_socket("socket");
  service.folder.make_folder("folder");
  service.folder.make_fifo("folder/index.html");
  check_refused(service.ask("/fifo"), 403);
  check_refused(service.ask("/socket"), 403);
  check_refused(service.ask("/folder/"), 403);
  check_refused(service.ask("/fifo/"), 404);
}

TEST_CASE("what may not be read is 403, and says nothing about what it is") {
  FileService service;
  service.folder.write("file", "secret");
  service.folder.set_mode("file", 0);
  service.folder.make_folder("folder");
  service.folder.write("folder/file", "secret");
  service.folder.set_mode("folder", 0);
  // Root may read everything; raw system calls change one thread's user only.
  constexpr unsigned kNobody = 65'534;
  const bool root = ::geteuid() == 0;
  if (root) service.run_on_worker([] { ::syscall(SYS_setresuid, -1, kNobody, -1); });
  check_refused(service.ask("/file"), 403);
  check_refused(service.ask("/folder/file"), 403);
  check_refused(service.ask("/folder/"), 403);
  check_refused(service.ask("/folder/none"), 403);
  if (root) service.run_on_worker([] { ::syscall(SYS_setresuid, -1, 0, -1); });
  service.folder.set_mode("folder", 0755);
}

TEST_CASE("RFC 9110 15.5.6: other methods get 405 and the list of those that work") {
  FileService service;
  service.folder.write("a", "x");
  for (const std::string method : {"POST", "PUT", "DELETE", "PATCH", "TRACE"}) {
    for (const std::string target : {"/a", "/none", "/.hidden"}) {
      CAPTURE(method);
      const Reply reply = service.ask(target, {}, method);
      check_refused(reply, 405);
      CHECK(reply.field("Allow") == "GET, HEAD, OPTIONS");
    }
  }
  const Reply options = service.ask("/a", {}, "OPTIONS");
  CHECK(options.status == 204);
  CHECK(options.field("Allow") == "GET, HEAD, OPTIONS");
  CHECK(options.body == "");
  CHECK(service.cache().look_ups() == 0);  // none of them touches the disk
}

TEST_CASE("HEAD answers what GET would, so that its length is known") {
  FileService service;
  service.folder.write("a", "12345");
  const Reply get = service.ask("/a");
  const Reply head = service.ask("/a", {}, "HEAD");
  CHECK(head.status == 200);
  CHECK(head.fields == get.fields);
  CHECK(head.body == get.body);  // the session sends its length only
}

TEST_CASE("a full lane is 503 at once, says when to come again, and is not remembered") {
  FileService::Options options;
  options.queue_jobs_max = 4;
  FileService service(options);
  service.folder.write("a", "x");
  service.close_gate();
  service.fill_queue(1);
  const auto waiting = service.start("/none");
  const auto refused = service.start("/a");
  REQUIRE(refused->exchange().responded());  // without a turn of the loop
  const Reply reply = refused->reply();
  check_refused(reply, 503);
  CHECK(reply.field("Retry-After") == "1");
  // Whoever asks for what is being looked up already is not refused.
  const auto joined = service.start("/none");
  CHECK_FALSE(joined->exchange().responded());
  service.open_gate();
  CHECK(service.wait_for(*waiting).status == 404);
  CHECK(service.wait_for(*joined).status == 404);
  CHECK(service.ask("/a").body == "x");
}

TEST_CASE("when descriptors have run out it is 503, and over when they are back") {
  FileService service;
  service.folder.write("a", "x");
  Reply reply;
  {
    const test::FewDescriptors none(0);
    reply = service.ask("/a");
  }
  check_refused(reply, 503);
  CHECK(reply.field("Retry-After") == "1");
  const auto served = [](const Reply& current) { return current.status == 200; };
  CHECK(service.ask_until("/a", served).body == "x");
}

TEST_CASE("a client that leaves while its file is looked up is forgotten; others are served") {
  FileService service;
  service.folder.write("a", "x");
  service.close_gate();
  auto leaving = service.start("/a");
  const auto staying = service.start("/a");
  auto alone = service.start("/b");
  leaving.reset();
  alone.reset();
  CHECK_FALSE(staying->exchange().responded());
  service.open_gate();
  CHECK(service.wait_for(*staying).body == "x");
}
