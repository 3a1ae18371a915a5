// Goal: a file that is being written is served as what has been written so far, under a weak tag;
// no strong tag ever stands for two contents, and when the writer is done the whole file comes
// within a second, under a strong tag soon. Method: a real server and client; a thread appends in
// pieces; the file is asked for under ever new names, links to it, so that every answer is looked
// up anew, and under its own, so that it is cached.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <utility>

#include "core/base/unique_fd.h"
#include "server/handlers/file_cache.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

using std::chrono::milliseconds;

const std::string kFile = "/file";
constexpr std::size_t kNames = 600;
// A stamp may be a tick of the kernel's clock older than its write.
constexpr milliseconds kTick{20};

// Appends `text` in pieces, as fast as it is asked for it.
class Writer {
 public:
  Writer(const std::string& path, const std::string& text)
      : text_(text), fd_(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644)) {
    REQUIRE(fd_.valid());
  }

  // From its thread. `size` of all that there is.
  void write_up_to(std::size_t size) {
    for (std::size_t piece = 1; written_ < size; piece = piece * 7 % 1009 + 1) {
      const std::size_t next = std::min(piece, size - written_);
      last_began_.store(core::Clock::now().time_since_epoch().count());
      if (::write(fd_.get(), text_.data() + written_, next) != static_cast<ssize_t>(next)) return;
      written_ += next;
      // The client has its turn: it sees many states, however few processors there are.
      const std::size_t answers = answers_.load();
      while (answers_.load() == answers) std::this_thread::yield();
    }
  }

  // --- The client's.
  [[nodiscard]] core::TimePoint last_began() const {
    return core::TimePoint(core::Duration(last_began_.load()));
  }
  void on_answer() { answers_.fetch_add(1); }

 private:
  const std::string& text_;
  const core::UniqueFd fd_;
  std::size_t written_ = 0;
  std::atomic<std::size_t> answers_{0};
  std::atomic<core::Duration::rep> last_began_{core::Clock::now().time_since_epoch().count()};
};

// Asks for the file, and holds every answer against what has been written.
class Reader {
 public:
  Reader(const test::LiveServer& server, Writer& writer, const std::string& text)
      : client_(server.port()), writer_(writer), text_(text) {}

  test::Answer ask(const std::string& target) {
    const core::TimePoint written = writer_.last_began();
    REQUIRE(client_.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"));
    auto answer = client_.read_answer();
    REQUIRE(answer);
    const core::TimePoint now = core::Clock::now();
    writer_.on_answer();
    CHECK(answer->status == 200);
    CHECK((text_.compare(0, answer->body.size(), answer->body) == 0));
    const std::string& tag = answer->fields.at("etag");
    if (tag.starts_with("W/")) {
      ++weak;
    } else {
      const auto [known, is_new] = strong.try_emplace(tag, answer->body);
      CHECK((is_new || known->second == answer->body));
      // What is cached may be the state before a write of this second.
      if (is_new && target != kFile) CHECK(now - written >= std::chrono::seconds(1) - kTick);
    }
    return std::move(*answer);
  }

  // Asks until the tag is strong.
  test::Answer ask_until_strong(const std::string& target) {
    test::Answer answer;
    CHECK(test::LiveServer::eventually([&] {
      answer = ask(target);
      return !answer.fields.at("etag").starts_with("W/");
    }));
    return answer;
  }

  std::map<std::string, std::string> strong;  // what each tag stood for
  std::size_t weak = 0;

 private:
  test::TestClient client_;
  Writer& writer_;
  const std::string& text_;
};

std::string name_of(std::size_t number) { return "name" + std::to_string(number); }

}  // namespace

TEST_CASE("a file that grows while it is asked for") {
  // From memory all the time; and from memory first, then from disk.
  for (const std::size_t size : {std::size_t{60'000}, std::size_t{200'000}}) {
    CAPTURE(size);
    const test::TemporaryDirectory folder;
    const std::string text = test::varied_bytes(size, 7);
    const std::string path = folder.write("file", "");
    for (std::size_t i = 0; i < kNames; ++i) {
      std::filesystem::create_symlink("file", folder.path() + "/" + name_of(i));
    }
    test::LiveOptions options;
    options.engine = test::engines().back();
    const test::LiveServer server(folder.path(), options);
    Writer writer(path, text);
    Reader reader(server, writer, text);

    // Half of it, a pause of more than a second, and the rest.
    std::size_t next = 0;
    for (const std::size_t end : {size / 2, size}) {
      std::atomic<bool> done = false;
      std::thread thread([&] {
        writer.write_up_to(end);
        done = true;
      });
      while (!done.load() && next < kNames) {
        static_cast<void>(reader.ask(kFile));
        static_cast<void>(reader.ask("/" + name_of(next++)));
      }
      while (!done.load()) static_cast<void>(reader.ask(kFile));
      thread.join();
      const core::TimePoint ended = core::Clock::now();
      core::TimePoint asked;
      CHECK(test::LiveServer::eventually([&] {
        asked = core::Clock::now();
        return reader.ask(kFile).body.size() == end;
      }));
      CHECK(asked - ended < server::FileCache::kValidFor + std::chrono::seconds(1));
      CHECK(reader.ask_until_strong(kFile).body.size() == end);
    }
    CHECK(reader.weak > 100);
    // One for each pause at least; a writer that is held up for a second makes more.
    CHECK(reader.strong.size() >= 2);
  }
}
