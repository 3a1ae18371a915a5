// Goal: each cause of a long turn is provoked and named rightly, and a loop that only serves is
// never said to have waited. Method: the real loop on both engines, with turns that compute, sleep,
// wait for a pipe and for the disk, or have their CPU taken by another thread.

#include "core/probe/loop_probe.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "core/base/unique_fd.h"
#include "tests/core/base/pipe.h"
#include "tests/core/io/connected_sockets.h"
#include "tests/core/probe/probed_loop.h"
#include "tests/core/probe/taken_processor.h"

namespace {

using namespace std::chrono_literals;
using core::Cause;
using core::EventLoop;
using core::LoopProbe;
using test::EpollLoop;
using test::UringLoop;

constexpr int kAttempts = 50;
constexpr LoopProbe::Options kProof{.long_turn = 10ms, .sampling_period = 1ms, .proof = true};
// Where others take the processor, computing takes longer, but not each time when it is short.
constexpr auto kShortWork = 600us;
constexpr auto kShortTurn = 300us;

// Each cause's count, and nothing in the others.
void check_only(const LoopProbe& probe, Cause cause, std::uint64_t count) {
  for (const Cause each : {Cause::kBusy, Cause::kBlocked, Cause::kDescheduled}) {
    CAPTURE(static_cast<int>(each));
    CHECK(probe.long_turns(each) == (each == cause ? count : 0));
  }
}

// Whoever became less important may not take it back: so on a thread of its own.
void on_a_thread(const std::function<void()>& body) { std::thread(body).join(); }

}  // namespace

TEST_CASE("the cause is where most of the time went") {
  struct Case {
    core::Duration took;
    core::Duration cpu_time;
    std::uint64_t switches;
    std::uint64_t waits;
    Cause cause;
  };
  const Case cases[] = {
      {10ms, 10ms, 0, 0, Cause::kBusy},
      {10ms, 5ms, 0, 0, Cause::kBusy},
      {10ms, 4ms, 0, 0, Cause::kDescheduled},
      {10ms, 4ms, 1, 0, Cause::kBlocked},
      {10ms, 0ms, 0, 0, Cause::kDescheduled},
      // A millisecond of it was before the turn, as were three waits.
      {10ms, 11ms, 3, 3, Cause::kBusy},
      {10ms, 1ms, 3, 3, Cause::kDescheduled},
      {10ms, 1ms, 4, 3, Cause::kBlocked},
  };
  for (const Case& one : cases) {
    CAPTURE(one.cpu_time.count());
    CAPTURE(one.switches);
    CHECK(LoopProbe::cause_of({one.took, {one.cpu_time, one.switches}, one.waits}) == one.cause);
  }
}

TEST_CASE_TEMPLATE("a turn that computes is busy", Engine, UringLoop, EpollLoop) {
  const auto loop = test::make_loop(Engine::kChoice);
  if (!loop) return;
  LoopProbe probe({.long_turn = kShortTurn, .sampling_period = 1ms, .proof = true});
  loop->observe(probe);
  for (int attempt = 0; attempt < kAttempts && probe.long_turns(Cause::kBusy) == 0; ++attempt) {
    test::turn_with(*loop, [] { test::compute_for(kShortWork); });
  }
  CHECK(probe.long_turns(Cause::kBusy) == 1);
  CHECK(probe.long_turns(Cause::kBlocked) == 0);
  CHECK(probe.blocking_switches() == 0);
  CHECK(probe.longest() >= kShortWork);
  CHECK(probe.turns().sum() >= kShortWork);
}

TEST_CASE_TEMPLATE("a turn that waits is blocked, whatever it waits for", Engine, UringLoop,
                   EpollLoop) {
  SUBCASE("a sleep") {
    const auto loop = test::make_loop(Engine::kChoice);
    if (!loop) return;
    LoopProbe probe(kProof);
    loop->observe(probe);
    test::turn_with(*loop, [] { test::do_nothing_for(20ms); });
    check_only(probe, Cause::kBlocked, 1);
    CHECK(probe.blocking_switches() >= 1);
  }
  SUBCASE("a pipe that another thread fills late") {
    const auto loop = test::make_loop(Engine::kChoice);
    if (!loop) return;
    LoopProbe probe(kProof);
    loop->observe(probe);
    const test::Pipe pipe;
    std::thread writer([&] {
      test::do_nothing_for(30ms);
      CHECK(::write(pipe.writing.get(), "x", 1) == 1);
    });
    test::turn_with(*loop, [&] {
      char byte = 0;
      CHECK(::read(pipe.reading.get(), &byte, 1) == 1);
    });
    writer.join();
    check_only(probe, Cause::kBlocked, 1);
    CHECK(probe.blocking_switches() >= 1);
  }
}

TEST_CASE_TEMPLATE("waiting for the disk is counted", Engine, UringLoop, EpollLoop) {
  std::array<char, 32> name{"fsync-XXXXXX"};  // where the tests run: /tmp may be memory
  const core::UniqueFd file(::mkostemp(name.data(), O_CLOEXEC));
  REQUIRE(file.valid());
  ::unlink(name.data());
  struct statfs facts {};
  REQUIRE(::fstatfs(file.get(), &facts) == 0);
  if (facts.f_type == TMPFS_MAGIC) {
    MESSAGE("skipped: there is no disk here");
    return;
  }
  const auto loop = test::make_loop(Engine::kChoice);
  if (!loop) return;
  LoopProbe probe(kProof);
  loop->observe(probe);
  const std::string block(std::size_t{1} << 20, 'x');
  for (int attempt = 0; attempt < kAttempts && probe.blocking_switches() == 0; ++attempt) {
    test::turn_with(*loop, [&] {
      CHECK(::pwrite(file.get(), block.data(), block.size(), 0) > 0);
      CHECK(::fsync(file.get()) == 0);
    });
  }
  CHECK(probe.blocking_switches() >= 1);
}

TEST_CASE_TEMPLATE("waiting for a socket that another thread uses is counted", Engine, UringLoop,
                   EpollLoop) {
  const auto loop = test::make_loop(Engine::kChoice);
  if (!loop) return;
  LoopProbe probe(kProof);
  loop->observe(probe);
  const test::ConnectedSockets pair = test::tcp_pair();
  for (const core::UniqueFd* socket : {&pair.ours, &pair.peer}) {
    REQUIRE(::fcntl(socket->get(), F_SETFL, 0) == 0);  // threads wait for them
  }
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    std::string sink(std::size_t{1} << 20, '\0');
    while (::recv(pair.peer.get(), sink.data(), sink.size(), 0) > 0) {
    }
  });
  std::thread rival([&] {
    const std::string block(std::size_t{4} << 20, 'x');
    while (!stop.load()) ::send(pair.ours.get(), block.data(), block.size(), MSG_NOSIGNAL);
  });
  const core::TimePoint give_up = core::Clock::now() + 30s;
  while (probe.blocking_switches() == 0 && core::Clock::now() < give_up) {
    test::turn_with(*loop, [&] { ::send(pair.ours.get(), "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL); });
  }
  CHECK(probe.blocking_switches() >= 1);
  stop.store(true);
  rival.join();
  ::shutdown(pair.ours.get(), SHUT_RDWR);
  reader.join();
}

TEST_CASE_TEMPLATE("a turn whose CPU others take is descheduled", Engine, UringLoop, EpollLoop) {
  on_a_thread([] {
    const auto loop = test::make_loop(Engine::kChoice);
    if (!loop) return;
    LoopProbe probe(kProof);
    loop->observe(probe);
    {
      const test::TakenProcessor taken;
      test::turn_with(*loop, [] { test::compute_for(10ms); });
    }
    CHECK(probe.long_turns(Cause::kDescheduled) >= 1);
    CHECK(probe.long_turns(Cause::kBlocked) == 0);
    CHECK(probe.blocking_switches() == 0);
  });
}

TEST_CASE_TEMPLATE("a long turn that was not sampled has its cause all the same", Engine, UringLoop,
                   EpollLoop) {
  struct Case {
    Cause cause = Cause::kBusy;
    std::function<void()> work;
  };
  const Case cases[] = {{Cause::kBlocked, [] { test::do_nothing_for(20ms); }},
                        {Cause::kBusy, [] { test::compute_for(kShortWork); }}};
  for (const Case& one : cases) {
    CAPTURE(static_cast<int>(one.cause));
    const auto loop = test::make_loop(Engine::kChoice);
    if (!loop) return;
    LoopProbe probe({.long_turn = kShortTurn, .sampling_period = 1h, .proof = false});
    loop->observe(probe);
    test::turn_with(*loop, [] {});  // the first is sampled
    const std::uint64_t sampled = probe.sampled_turns();
    for (int attempt = 0; attempt < kAttempts && probe.long_turns(one.cause) == 0; ++attempt) {
      test::turn_with(*loop, one.work);
    }
    CHECK(probe.long_turns(one.cause) == 1);
    CHECK(probe.sampled_turns() == sampled);
    // Counted in sampled turns only: it says how many these are.
    CHECK(probe.blocking_switches() == 0);
  }
}

TEST_CASE_TEMPLATE("of a long turn is kept what took so long, and for whom", Engine, UringLoop,
                   EpollLoop) {
  const auto loop = test::make_loop(Engine::kChoice);
  if (!loop) return;
  LoopProbe probe(kProof);
  loop->observe(probe);
  const std::vector<std::string> names{"first", "second", "third", "fourth", "fifth", "sixth"};
  const auto before = std::chrono::system_clock::now();
  test::turn_with(*loop, [&] {
    for (const std::string& name : names) {
      const core::DoingFor doing(&loop->doing(), &name);
      const core::DoingFor nobody(&loop->doing(), nullptr);
    }
    const core::DoingFor again(&loop->doing(), &names.back());
    test::do_nothing_for(20ms);
  });
  const auto turns = probe.last_long_turns();
  REQUIRE(turns.size() == 1);
  CHECK(turns[0].took >= 20ms);
  CHECK(turns[0].cause == Cause::kBlocked);
  CHECK(turns[0].phase == core::Phase::kCheck);
  CHECK(turns[0].doing == "first; second; third; fourth; 2 more");
  CHECK(turns[0].ended >= before + 20ms);
  CHECK(probe.phases(core::Phase::kCheck).count() == 1);
  CHECK(probe.phases(core::Phase::kCheck).sum() >= 20ms);

  // What a turn did is not said of the next.
  test::turn_with(*loop, [] { test::do_nothing_for(20ms); });
  REQUIRE(probe.last_long_turns().size() == 2);
  CHECK(probe.last_long_turns()[1].doing.empty());
}

TEST_CASE("of turns that follow a rest, not always the first is sampled") {
  LoopProbe probe({.long_turn = 1h, .sampling_period = 1ms, .proof = false});
  std::array<std::uint64_t, 3> sampled{};  // by their place behind the rest
  core::TimePoint now = core::Clock::now();
  for (int rest = 0; rest < 30; ++rest) {
    now += 1s;
    for (std::uint64_t& place : sampled) {
      const std::uint64_t before = probe.sampled_turns();
      probe.on_woken(now);
      core::TurnObserver::Work work;
      work.woken = now;
      work.ended = now += 1us;
      probe.on_worked(work);
      place += probe.sampled_turns() - before;
    }
  }
  CHECK(probe.sampled_turns() == 30);
  for (const std::uint64_t place : sampled) CHECK(place == 10);
}

TEST_CASE("the last long turns are kept, and no more of them") {
  LoopProbe probe({.long_turn = 1ms, .sampling_period = 1h, .proof = false});
  const core::TimePoint start = core::Clock::now();
  constexpr int kTurns = static_cast<int>(LoopProbe::kLongTurnsKept) + 3;
  for (int i = 1; i <= kTurns; ++i) {
    probe.on_woken(start);
    core::TurnObserver::Work work;
    work.woken = start;
    work.ended = start + i * 1ms;
    work.phases[static_cast<std::size_t>(core::Phase::kInbox)] = i * 1ms;
    probe.on_worked(work);
  }
  const auto turns = probe.last_long_turns();
  REQUIRE(turns.size() == LoopProbe::kLongTurnsKept);
  for (std::size_t i = 0; i < turns.size(); ++i) {
    CHECK(turns[i].took == (static_cast<int>(i) + 4) * 1ms);
    CHECK(turns[i].phase == core::Phase::kInbox);
  }
  CHECK(probe.phases(core::Phase::kInbox).count() == kTurns);
  CHECK(probe.phases(core::Phase::kTimers).count() == 0);
}

TEST_CASE_TEMPLATE("serving sockets is no waiting, and each turn of it is known", Engine, UringLoop,
                   EpollLoop) {
  const auto loop = test::make_loop(Engine::kChoice);
  if (!loop) return;
  LoopProbe probe(kProof);
  loop->observe(probe);
  const test::ConnectedSockets pair = test::unix_pair();
  constexpr std::size_t kBytes = 200;
  std::atomic<std::size_t> received{0};
  class Reader {
   public:
    Reader(EventLoop& loop, int fd, std::atomic<std::size_t>& received)
        : loop_(loop), received_(received) {
      operation_.fd = fd;
      loop_.start(operation_);
    }
    [[nodiscard]] bool in_flight() const { return operation_.in_flight(); }

   private:
    void on_completion(core::Completion& completion) {
      if (completion.result <= 0) return;
      received_ += static_cast<std::size_t>(completion.result);
      loop_.start(operation_);
    }
    EventLoop& loop_;
    std::atomic<std::size_t>& received_;
    core::Operation operation_{core::OperationKind::kReceive,
                               core::Operation::OnCompletion::to<&Reader::on_completion>(*this)};
  };
  Reader reader(*loop, pair.ours.get(), received);
  std::thread writer([&] {
    for (std::size_t i = 0; i < kBytes; ++i) {
      CHECK(::write(pair.peer.get(), "x", 1) == 1);
      while (received.load() <= i) ::sched_yield();  // so that each byte is a turn
    }
    ::shutdown(pair.peer.get(), SHUT_WR);
  });
  while (reader.in_flight()) loop->turn();
  writer.join();
  CHECK(received == kBytes);
  CHECK(probe.blocking_switches() == 0);
  CHECK(probe.long_turns(Cause::kBlocked) == 0);
  CHECK(probe.sampled_turns() == probe.turns().count());
  CHECK(probe.turns().count() >= kBytes);
}

TEST_CASE("the kernel's work on sockets is in its phase's time, as it is in the turn's") {
  const auto loop = test::make_slow_loop();
  LoopProbe probe(kProof);
  loop->observe(probe);
  constexpr int kTurns = 10;
  for (int i = 0; i < kTurns; ++i) loop->turn();
  // A look before each turn's wait and one behind it; what comes before the first wait is no turn.
  const core::Duration noted = probe.phases(core::Phase::kCompletions).sum();
  CHECK(noted == (kTurns - 1) * 2 * test::kSlowLook);
  CHECK(probe.turns().sum() == noted);
  const auto& sums = loop->statistics().phase_nanoseconds;
  const auto sum = sums[static_cast<std::size_t>(core::Phase::kCompletions)].value();
  CHECK(std::chrono::nanoseconds(sum) == kTurns * 2 * test::kSlowLook);
}

TEST_CASE_TEMPLATE("waiting for work is no turn", Engine, UringLoop, EpollLoop) {
  for (const bool proof : {false, true}) {
    CAPTURE(proof);
    const auto loop = test::make_loop(Engine::kChoice);
    if (!loop) return;
    LoopProbe probe({.long_turn = 40ms, .sampling_period = 1ms, .proof = proof});
    loop->observe(probe);
    class Stop {
     public:
      explicit Stop(EventLoop& loop) : loop_(loop) {}
      core::Timer timer{core::Callback<void()>::to<&Stop::run>(*this)};

     private:
      void run() { loop_.stop(); }
      EventLoop& loop_;
    };
    Stop stop(*loop);
    loop->timers().set(stop.timer, core::Clock::now() + 100ms);
    loop->run();
    CHECK(probe.turns().count() >= 1);
    CHECK(probe.long_turns(Cause::kBlocked) == 0);
    CHECK(probe.blocking_switches() == 0);
  }
}
