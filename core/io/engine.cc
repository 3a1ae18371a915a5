// Which back end this process gets, and the words for why.

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/io/backend.h"

namespace core {
namespace {

// A ring that a predecessor freed is uncharged from RLIMIT_MEMLOCK late: 77 ms were seen.
constexpr std::chrono::milliseconds kRetryFor{1000};
constexpr std::chrono::milliseconds kRetryEvery{50};

std::string first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// The value of "Seccomp:" in proc(5)'s status; 2 is a filter.
bool under_seccomp_filter() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("Seccomp:", 0) == 0) return line.find('2') != std::string::npos;
  }
  return false;
}

// Calls `attempt`, which gives 0 or an errno, again while it says ENOMEM, for up to a second.
template <typename Attempt>
int with_retries(Attempt attempt) {
  const TimePoint give_up = Clock::now() + kRetryFor;
  for (;;) {
    const int error = attempt();
    if (error != ENOMEM || Clock::now() >= give_up) return error;
    std::this_thread::sleep_for(kRetryEvery);
  }
}

// As many rings at once as there will be loops: RLIMIT_MEMLOCK may hold one and not the other.
int probe_rings(std::size_t count) {
  BufferPool buffers;
  std::vector<std::unique_ptr<Backend>> rings;
  while (rings.size() < count) {
    auto ring = make_uring_backend(buffers);
    if (!ring) return ring.error().errno_value;
    rings.push_back(std::move(*ring));
  }
  return 0;
}

}  // namespace

std::string io_uring_refusal(int error, std::string_view disabled, bool under_seccomp_filter) {
  if (error == EPERM && (disabled == "1" || disabled == "2")) {
    return fmt::format("sysctl kernel.io_uring_disabled is {} (0 allows it)", disabled);
  }
  if ((error == EPERM || error == ENOSYS) && under_seccomp_filter) {
    return "a seccomp filter forbids it (containers: allow io_uring_setup, io_uring_enter and "
           "io_uring_register in the seccomp profile)";
  }
  switch (error) {
    case EPERM:
      return "the system forbids it (EPERM)";
    case ENOSYS:
      return "this kernel does not have it (ENOSYS)";
    case ENOMEM:
      return "RLIMIT_MEMLOCK is too low (ulimit -l; containers: --ulimit memlock=-1)";
    case EINVAL:
      return "this kernel is too old (Linux 6.1 is needed)";
    default:
      return system_error("setup failed", error).message;
  }
}

Result<Engine> choose_engine(EngineChoice choice, std::size_t loops) {
  if (choice == EngineChoice::kEpoll) return Engine{false, ""};
  const int error = with_retries([loops] { return probe_rings(loops); });
  if (error == 0) return Engine{true, ""};
  const std::string reason = io_uring_refusal(
      error, first_line("/proc/sys/kernel/io_uring_disabled"), under_seccomp_filter());
  if (choice == EngineChoice::kIoUring) {
    return unexpected(Error{"io_uring is not available: " + reason, error});
  }
  return Engine{false, reason};
}

Result<std::unique_ptr<Backend>> make_backend(const Engine& engine, BufferPool& buffers) {
  if (!engine.io_uring) return make_epoll_backend(buffers);
  Result<std::unique_ptr<Backend>> backend = unexpected(Error{});
  static_cast<void>(with_retries([&] {
    backend = make_uring_backend(buffers);
    return backend ? 0 : backend.error().errno_value;
  }));
  return backend;
}

}  // namespace core
