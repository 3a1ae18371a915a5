// Goal: the right engine is chosen, a named one is never replaced silently, and a refusal says its
// cause. Method: the real probe; in forked children a seccomp filter makes io_uring fail as
// containers do.

#include <doctest/doctest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>

#include "core/base/unique_fd.h"
#include "core/io/backend.h"

namespace {

using core::Engine;
using core::EngineChoice;

// io_uring_setup(2) fails with `error` from now on, in this process.
bool refuse_io_uring(int error) {
  std::array program{
      sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
      sock_filter{BPF_JMP | BPF_K | BPF_JEQ, 0, 1, SYS_io_uring_setup},
      sock_filter{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)},
      sock_filter{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

// What `code` returns in a child in which io_uring is refused with `error`.
template <typename Code>
std::string where_refused(int error, Code code) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const core::UniqueFd reading(ends[0]);
  core::UniqueFd writing(ends[1]);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const std::string text = refuse_io_uring(error) ? code() : "the filter was refused";
    const bool told = ::write(writing.get(), text.data(), text.size()) >= 0;
    ::_exit(told ? 0 : 1);
  }
  writing.reset();
  std::string text;
  std::array<char, 512> buffer{};
  for (ssize_t size = 0; (size = ::read(reading.get(), buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  return text;
}

std::string describe(const core::Result<Engine>& engine) {
  if (!engine) return "error: " + engine.error().message;
  return (engine->io_uring ? "io_uring: " : "epoll: ") + engine->reason;
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("epoll that was asked for needs no reason") {
  const auto engine = core::choose_engine(EngineChoice::kEpoll, 4);
  REQUIRE(engine.has_value());
  CHECK_FALSE(engine->io_uring);
  CHECK(engine->reason.empty());
}

TEST_CASE("what was chosen can be made, as often as there are loops") {
  constexpr std::size_t kLoops = 4;
  for (const EngineChoice choice : {EngineChoice::kAuto, EngineChoice::kEpoll}) {
    const auto engine = core::choose_engine(choice, kLoops);
    REQUIRE(engine.has_value());
    std::array<core::BufferPool, kLoops> pools;
    std::array<std::unique_ptr<core::Backend>, kLoops> backends;
    for (std::size_t i = 0; i < kLoops; ++i) {
      auto backend = core::make_backend(*engine, pools[i]);
      REQUIRE(backend.has_value());
      backends[i] = std::move(*backend);
      CHECK(backends[i]->name() == (engine->io_uring ? "io_uring" : "epoll"));
    }
    CHECK(engine->reason.empty() == (engine->io_uring || choice == EngineChoice::kEpoll));
  }
}

TEST_CASE("where a filter forbids io_uring, automatic means epoll and says who forbade it") {
  for (const int error : {EPERM, ENOSYS}) {
    CAPTURE(error);
    const std::string told =
        where_refused(error, [] { return describe(core::choose_engine(EngineChoice::kAuto, 2)); });
    CHECK(told.rfind("epoll: ", 0) == 0);
    CHECK(contains(told, "seccomp"));
  }
}

TEST_CASE("where io_uring is refused and was asked for by name, it is an error") {
  const std::string told =
      where_refused(EPERM, [] { return describe(core::choose_engine(EngineChoice::kIoUring, 2)); });
  CHECK(told.rfind("error: ", 0) == 0);
  CHECK(contains(told, "io_uring"));
}

TEST_CASE("other refusals name their cause too") {
  struct Row {
    int error;
    const char* part;
  };
  for (const Row& row : {Row{EINVAL, "too old"}, Row{ENOMEM, "RLIMIT_MEMLOCK"},
                         Row{EMFILE, "Too many open files"}}) {
    CAPTURE(row.error);
    const std::string told = where_refused(
        row.error, [] { return describe(core::choose_engine(EngineChoice::kAuto, 1)); });
    CHECK(told.rfind("epoll: ", 0) == 0);
    CHECK(contains(told, row.part));
  }
}

TEST_CASE("a ring that cannot be made is an error of the loop that wanted it") {
  const std::string told = where_refused(EPERM, [] {
    core::BufferPool pool;
    const auto backend = core::make_backend(Engine{true, ""}, pool);
    return backend ? std::string("made") : std::to_string(backend.error().errno_value);
  });
  CHECK(told == std::to_string(EPERM));
}

TEST_CASE("why io_uring is not there: who most likely refused it, and what would allow it") {
  struct Case {
    int error;
    std::string_view disabled;
    bool filtered;
    std::string_view part;
  };
  constexpr Case kCases[] = {
      {EPERM, "2", false, "kernel.io_uring_disabled is 2"},
      {EPERM, "1", true, "kernel.io_uring_disabled is 1"},
      {EPERM, "0", true, "seccomp"},
      {EPERM, "", true, "seccomp"},
      {EPERM, "0", false, "EPERM"},
      {ENOSYS, "0", true, "seccomp"},
      {ENOSYS, "2", false, "ENOSYS"},
      {ENOMEM, "0", true, "RLIMIT_MEMLOCK"},
      {EINVAL, "0", false, "6.1"},
      {EMFILE, "0", false, "Too many open files"},
  };
  for (const Case& one : kCases) {
    CAPTURE(one.error);
    CAPTURE(one.disabled);
    CAPTURE(one.filtered);
    const std::string reason = core::io_uring_refusal(one.error, one.disabled, one.filtered);
    CHECK(reason.find(one.part) != std::string::npos);
  }
}
