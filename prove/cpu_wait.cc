#include "prove/cpu_wait.h"

#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace prove {
namespace {

bool is_loop(const std::string& thread) {
  std::string name;
  std::ifstream(thread + "/comm") >> name;
  return name.starts_with("loop-");
}

// On a CPU, and waiting for one, in nanoseconds.
double cpu_wait(const std::string& thread) {
  std::uint64_t ran = 0;
  std::uint64_t waited = 0;
  std::ifstream(thread + "/schedstat") >> ran >> waited;
  return static_cast<double>(waited) / 1e9;
}

}  // namespace

double cpu_wait_of_loops(pid_t server, const std::string& root) {
  double sum = 0;
  std::error_code error;
  const std::filesystem::directory_iterator threads(fmt::format("{}/proc/{}/task", root, server),
                                                    error);
  for (auto thread = begin(threads); thread != end(threads) && !error; thread.increment(error)) {
    const std::string path = thread->path().string();
    if (is_loop(path)) sum += cpu_wait(path);
  }
  return sum;
}

}  // namespace prove
