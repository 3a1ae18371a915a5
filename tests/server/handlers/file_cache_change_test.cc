// Goal: whatever happens to a file, within a second everybody is served what it is now, never a
// mixture, and never an old content longer than that. Method: a file is asked for without pause
// while it is changed under the cache; each old answer is held against the loop's clock.
#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "tests/server/handlers/file_service.h"

using namespace files_test;
using std::chrono::milliseconds;

namespace {

// Makes the change, then asks until the new status and body are there. No answer that was known
// (not looked up) may be older than a second.
void check_change(const std::function<void(const TemporaryFolder&)>& change, int status,
                  const std::string& body) {
  FileService service;
  service.folder.write("f", "old old old");
  service.folder.make_old("f");
  REQUIRE(service.ask("/f").body == "old old old");
  change(service.folder);
  const core::TimePoint changed = core::Clock::now();
  const Reply reply = service.ask_until("/f", [&](const Reply& current) {
    const bool is_new = current.status == status && (status != 200 || current.body == body);
    if (!is_new) {
      CHECK(current.body == "old old old");  // nothing in between
      // A known answer is judged by the turn's clock, which is what the cache goes by.
      CHECK(service.loop().turn_began() - changed <=
            server::FileCache::kValidFor + milliseconds(100));
    }
    return is_new;
  });
  CHECK(reply.status == status);
}

}  // namespace

TEST_CASE("a file that is written in place") {
  check_change([](const TemporaryFolder& folder) { folder.write("f", "new"); }, 200, "new");
}

TEST_CASE("a file that is replaced") {
  check_change([](const TemporaryFolder& folder) { folder.replace("f", "new"); }, 200, "new");
}

TEST_CASE("a file that is replaced by one of the same size and time: only its inode tells") {
  check_change(
      [](const TemporaryFolder& folder) {
        const timespec modified = folder.modified("f");
        folder.replace("f", "new new new", &modified);
      },
      200, "new new new");
}

TEST_CASE("a file that is written in place and its time set back: only ctime tells") {
  check_change(
      [](const TemporaryFolder& folder) {
        const timespec modified = folder.modified("f");
        folder.write("f", "new new new");
        folder.set_modified("f", modified);
      },
      200, "new new new");
}

TEST_CASE("a file that grows") {
  check_change([](const TemporaryFolder& folder) { folder.append("f", " and new"); }, 200,
               "old old old and new");
}

TEST_CASE("a file that is truncated") {
  check_change(
      [](const TemporaryFolder& folder) {
        REQUIRE(::truncate(folder.path_of("f").c_str(), 3) == 0);
      },
      200, "old");
}

TEST_CASE("a file that is removed") {
  check_change([](const TemporaryFolder& folder) { folder.remove("f"); }, 404, "");
}

TEST_CASE("a file that becomes a folder") {
  check_change(
      [](const TemporaryFolder& folder) {
        folder.remove("f");
        folder.make_folder("f");
      },
      301, "");
}

TEST_CASE("a file that becomes a FIFO") {
  check_change(
      [](const TemporaryFolder& folder) {
        folder.remove("f");
        folder.make_fifo("f");
      },
      403, "");
}

TEST_CASE("a file that becomes a link out of the folder") {
  check_change(
      [](const TemporaryFolder& folder) {
        folder.remove("f");
        folder.make_link("f", "/etc/hostname");
      },
      403, "");
}

TEST_CASE("a file that grows beyond what memory holds, and shrinks again") {
  FileService service;
  const std::string large(100'000, 'l');
  service.folder.write("f", "small");
  CHECK(service.ask("/f").body == "small");
  service.folder.write("f", large);
  const auto grown = [&](const Reply& reply) { return reply.body == large; };
  CHECK(service.ask_until("/f", grown).from_file);
  service.folder.replace("f", "small again");
  const auto shrunk = [](const Reply& reply) { return reply.body == "small again"; };
  CHECK_FALSE(service.ask_until("/f", shrunk).from_file);
}

TEST_CASE("a file that appears is served within a second of its 404") {
  FileService service;
  CHECK(service.ask("/f").status == 404);
  service.folder.write("f", "new");
  const core::TimePoint changed = core::Clock::now();
  const Reply reply = service.ask_until("/f", [&](const Reply& current) {
    if (current.status == 404) {
      CHECK(service.loop().turn_began() - changed <=
            server::FileCache::kValidFor + milliseconds(100));
    }
    return current.status == 200;
  });
  CHECK(reply.body == "new");
}

TEST_CASE("after an hour in which nobody asked, the first answer is what the file is now") {
  using Change = std::function<void(const TemporaryFolder&)>;
  const Change changes[] = {
      [](const TemporaryFolder& folder) { folder.write("f", "new new new"); },
      [](const TemporaryFolder& folder) {
        const timespec modified = folder.modified("f");
        folder.replace("f", "new new new", &modified);
      },
      [](const TemporaryFolder& folder) {
        folder.remove("f");
        folder.write("f", "new new new");
      },
  };
  enum class Edited { kBeforeTheHour, kAfterIt };
  for (const Change& change : changes) {
    for (const Edited edited : {Edited::kBeforeTheHour, Edited::kAfterIt}) {
      for (const bool swept : {false, true}) {  // the loop may have forgotten it meanwhile, or not
        CAPTURE(swept);
        FileService service;
        service.folder.write("f", "old old old");
        service.folder.make_old("f");
        REQUIRE(service.ask("/f").body == "old old old");
        REQUIRE(service.cache().entries() == 1);
        if (edited == Edited::kBeforeTheHour) change(service.folder);
        service.skip(std::chrono::hours(1));
        service.loop().turn();
        if (swept) REQUIRE(service.turn_until([&] { return service.cache().entries() == 0; }));
        CHECK(service.cache().entries() == (swept ? 0 : 1));
        if (edited == Edited::kAfterIt) change(service.folder);
        CHECK(service.ask("/f").body == "new new new");
      }
    }
  }
}

TEST_CASE("an answer that is being sent from disk keeps its version when the file is replaced") {
  FileService service;
  const std::string old(100'000, 'o');
  service.folder.write("f", old);
  const auto sending = service.start("/f");
  REQUIRE(service.turn_until([&] { return sending->exchange().responded(); }));
  service.folder.replace("f", std::string(100'000, 'n'));
  CHECK((sending->reply().body == old));
}

TEST_CASE("the deployed way, renaming over, never shows a mixture") {
  FileService::Options options;
  options.cache_bytes_max = 0;  // every request looks it up
  FileService service(options);
  // Version v is v bytes of one letter: size, tag and content have to agree.
  const auto version = [](std::size_t v) {
    return std::string(1'000 + v % 26, static_cast<char>('a' + v % 26));
  };
  service.folder.write("f", version(0));
  std::atomic<bool> done = false;
  const std::string path = service.folder.path_of("f");
  std::thread writer([&] {
    for (std::size_t v = 0; !done.load(); ++v) {
      const std::string other = path + ".next";
      std::FILE* file = std::fopen(other.c_str(), "w");
      if (file == nullptr) return;
      std::fwrite(version(v).data(), 1, version(v).size(), file);
      std::fclose(file);
      if (std::rename(other.c_str(), path.c_str()) != 0) return;
    }
  });
  std::size_t different = 0;
  std::string last;
  // On a busy machine the writer may be late.
  const core::TimePoint give_up = core::Clock::now() + std::chrono::seconds(10);
  for (int i = 0; i < 500 || (different <= 1 && core::Clock::now() < give_up); ++i) {
    const Reply reply = service.ask("/f");
    CHECK(reply.status == 200);
    const std::string& body = reply.body;
    CHECK(body.size() >= 1'000);
    CHECK(body.find_first_not_of(body.front()) == std::string::npos);
    CHECK(body.size() == 1'000 + static_cast<std::size_t>(body.front() - 'a'));
    if (body != last) ++different;
    last = body;
  }
  done = true;
  writer.join();
  CHECK(different > 1);
}
