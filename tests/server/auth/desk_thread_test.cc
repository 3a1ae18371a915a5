// Goal: the desk on its own thread and a real lane answers gates on several loops, and all of it
// ends when it is told to, whatever was out. Method: real threads; each loop's thread asks, leaves
// and asks again; meant for ThreadSanitizer too.
#include "server/auth/desk_thread.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/work/worker_pool.h"
#include "server/auth/password_gate.h"
#include "tests/server/auth/auth_office.h"

using namespace auth_test;

namespace {

constexpr std::chrono::seconds kPatience{10};

// What a serving loop does: asks, and turns until it is answered and nothing is out.
class Loop {
 public:
  Loop(server::PasswordDesk& desk, const std::shared_ptr<const server::UserTable>& table)
      : loop_(make()), gate_(*loop_, desk, {table}) {}

  [[nodiscard]] std::string ask(const std::string& user, const std::string& password) {
    Asker asker;
    gate_.wait_for(0, credentials(user, password), client(1), asker);
    while (asker.answer().empty()) loop_->turn();
    return asker.answer();
  }
  void ask_and_leave(const std::string& user, const std::string& password) {
    Asker asker;
    gate_.wait_for(0, credentials(user, password), client(1), asker);
  }
  void finish() {
    while (!gate_.idle()) loop_->turn();
  }

 private:
  static std::unique_ptr<core::EventLoop> make() {
    auto loop = core::EventLoop::create(core::Engine{});
    REQUIRE(loop.has_value());
    return std::move(*loop);
  }
  std::unique_ptr<core::EventLoop> loop_;
  server::PasswordGate gate_;
};

}  // namespace

TEST_CASE("gates on several threads are answered, and everything comes home at the end") {
  constexpr std::size_t kLoops = 4;
  core::WorkerPool pool({"auth", 2, 2, 19, 2});
  auto started = server::DeskThread::start(pool, {2, 1024});
  REQUIRE(started.has_value());
  std::unique_ptr<server::DeskThread> desk = std::move(*started);
  const auto table = users({user_line("ann", "secret"), user_line("bob", "other")});
  std::atomic<int> right{0};
  std::atomic<int> wrong{0};
  std::atomic<std::size_t> ended{0};
  std::vector<std::unique_ptr<Loop>> loops(kLoops);
  std::vector<std::thread> threads;
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  std::promise<void> all_ended;
  for (std::size_t i = 0; i < kLoops; ++i) {
    threads.emplace_back([&, i] {
      loops[i] = std::make_unique<Loop>(desk->desk(), table);
      for (int round = 0; round < 20; ++round) {
        if (loops[i]->ask("ann", "secret") == "right") ++right;
        loops[i]->ask_and_leave("ann", "left " + std::to_string(round));
        if (loops[i]->ask("bob", "other") == "right") ++right;
      }
      if (loops[i]->ask("ann", "wrong") == "wrong") ++wrong;
      loops[i]->finish();
      if (++ended == kLoops) all_ended.set_value();
      released.wait();  // the desk may still be waking this loop
      loops[i].reset();
    });
  }
  REQUIRE(all_ended.get_future().wait_for(6 * kPatience) == std::future_status::ready);
  CHECK(desk->stop(kPatience));
  CHECK(pool.stop(kPatience));
  CHECK(right == 2 * 20 * kLoops);
  CHECK(wrong == kLoops);
  CHECK(desk->desk().counters().hashes >= 3);
  desk.reset();
  release.set_value();
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("a desk that nobody has asked ends, and says so when it is asked twice") {
  core::WorkerPool pool({"auth", 1, 1, 0, 1});
  auto desk = server::DeskThread::start(pool, {1, 1024});
  REQUIRE(desk.has_value());
  (*desk)->desk().forget_successes();
  CHECK((*desk)->stop(kPatience));
  CHECK((*desk)->stop(kPatience));
  CHECK(pool.stop(kPatience));
}
