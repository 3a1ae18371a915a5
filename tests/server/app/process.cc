#include "tests/server/app/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/base/clock.h"
#include "core/base/invariant.h"

namespace test {
namespace {

constexpr std::chrono::seconds kLimit{20};
constexpr std::chrono::milliseconds kBetweenLooks{2};  // at a child's output

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

void redirect(const std::string& path, int standard) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (fd < 0 || ::dup2(fd, standard) < 0) ::_exit(99);
}

// Waits for the child's end, for `limit` at most, without taking the processor from it.
void await_end(pid_t id, core::Clock::duration limit) {
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, id, 0));
  INVARIANT(fd >= 0);
  pollfd ended{.fd = fd, .events = POLLIN, .revents = 0};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  static_cast<void>(::poll(&ended, 1, static_cast<int>(std::max<decltype(left)>(left, 0))));
  ::close(fd);
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const std::function<void()>& prepare) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  if (!fork_child()) return;
  if (prepare) prepare();
  ::execv(arguments.front(), arguments.data());
  ::_exit(98);
}

Process::Process(const std::function<int()>& body) {
  if (fork_child()) ::_exit(body());
}

bool Process::fork_child() {
  const std::string out = directory_.path() + "/out";
  const std::string err = directory_.path() + "/err";
  id_ = ::fork();
  INVARIANT(id_ >= 0);
  if (id_ > 0) return false;
  redirect(out, STDOUT_FILENO);
  redirect(err, STDERR_FILENO);
  return true;
}

Process::~Process() {
  if (!running()) return;
  ::kill(id_, SIGKILL);
  static_cast<void>(::waitpid(id_, nullptr, 0));
}

void Process::signal(int number) const { ::kill(id_, number); }

bool Process::running() {
  if (ended_) return false;
  int status = 0;
  if (::waitpid(id_, &status, WNOHANG) != id_) return true;
  ended_ = true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  // The test sees only an exit code that it did not expect; whoever reads the test's log, why.
  const std::string said = error_output();
  if (said.find("Sanitizer") != std::string::npos) std::fputs(said.c_str(), stderr);
  return false;
}

int Process::wait() {
  const auto give_up = core::Clock::now() + kLimit;
  while (running()) {
    const auto left = give_up - core::Clock::now();
    if (left < left.zero()) return -1;
    await_end(id_, left);
  }
  return exit_code_;
}

bool Process::says(std::string_view text) {
  const auto give_up = core::Clock::now() + kLimit;
  for (;;) {
    const bool was_running = running();
    if (error_output().find(text) != std::string::npos) return true;
    if (!was_running || core::Clock::now() > give_up) return false;
    await_end(id_, kBetweenLooks);
  }
}

std::string Process::error_output() const { return read_file(directory_.path() + "/err"); }
std::string Process::output() const { return read_file(directory_.path() + "/out"); }

std::uint16_t Process::port() const {
  const std::string text = error_output();
  const std::size_t url = text.find("http://");
  if (url == std::string::npos) return 0;
  const std::string address = text.substr(url + 7, text.find('\n', url) - url - 7);
  return static_cast<std::uint16_t>(std::atoi(address.substr(address.rfind(':') + 1).c_str()));
}

}  // namespace test
