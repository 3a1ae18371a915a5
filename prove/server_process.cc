#include "prove/server_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace prove {
namespace {

constexpr std::size_t kSaidBytesMax = std::size_t{64} * 1024;
constexpr int kExecFailed = 127;  // as a shell says it

struct Pipe {
  core::UniqueFd out;
  core::UniqueFd in;
};

core::Result<Pipe> make_pipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) {
    return core::unexpected(core::system_error("cannot make a pipe", errno));
  }
  Pipe pipe{core::UniqueFd(fds[0]), core::UniqueFd(fds[1])};
  // The child's end may wait; ours is looked at.
  static_cast<void>(::fcntl(pipe.out.get(), F_SETFL, O_NONBLOCK));
  return pipe;
}

// What the child tells before exec(2), in one write.
struct Preparation {
  HangingMount::Outcome mounted;
  int group_error = 0;
};

// Everything that the child needs, made before the fork: behind it only async-signal-safe calls are
// allowed, because others of our threads may hold locks.
class Child {
 public:
  Child(const ServerProcess::Launch& launch, int errors, int preparation)
      : launch_(launch),
        mount_(launch.mount_point),
        parent_(::getpid()),
        errors_(errors),
        preparation_(preparation) {}

  [[noreturn]] void become_server() const {
    // Its own group: Ctrl-C is ours to answer.
    ::setpgid(0, 0);
    Preparation preparation;
    if (!launch_.group_file.empty()) preparation.group_error = join_group();
    if (!launch_.mount_point.empty()) preparation.mounted = mount_.make();
    static_cast<void>(!::write(preparation_, &preparation, sizeof preparation));
    // Behind the namespaces, for new credentials take it back. Ours may have ended before.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent_) ::_exit(kExecFailed);
    take_signals();
    const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nowhere < 0 || ::dup2(nowhere, STDIN_FILENO) < 0 || ::dup2(nowhere, STDOUT_FILENO) < 0 ||
        ::dup2(errors_, STDERR_FILENO) < 0) {
      ::_exit(kExecFailed);
    }
    const std::array<const char*, 6> words{
        "ouro", "run", "--proof", "-c", launch_.config_path.c_str(), nullptr};
    ::execv(launch_.program.c_str(), const_cast<char* const*>(words.data()));
    constexpr std::string_view kMessage = "ouro: cannot execute the server\n";
    static_cast<void>(!::write(STDERR_FILENO, kMessage.data(), kMessage.size()));
    ::_exit(kExecFailed);
  }

 private:
  // 0 is whoever writes (cgroups(7)).
  [[nodiscard]] int join_group() const {
    const int fd = ::open(launch_.group_file.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return errno;
    const int error = ::write(fd, "0", 1) == 1 ? 0 : errno;
    ::close(fd);
    return error;
  }
  // What we keep from ourselves is not kept from it.
  static void take_signals() {
    sigset_t none;
    ::sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  }

  const ServerProcess::Launch& launch_;
  const HangingMount mount_;
  const pid_t parent_;
  const int errors_;
  const int preparation_;
};

}  // namespace

core::Result<std::unique_ptr<ServerProcess>> ServerProcess::start(const Launch& launch) {
  auto errors = make_pipe();
  if (!errors) return core::unexpected(errors.error());
  auto preparation = make_pipe();
  if (!preparation) return core::unexpected(preparation.error());
  const Child child(launch, errors->in.get(), preparation->in.get());
  std::unique_ptr<ServerProcess> server(new ServerProcess);
  server->id_ = ::fork();
  if (server->id_ == 0) child.become_server();
  if (server->id_ < 0) {
    return core::unexpected(core::system_error("cannot make a process for the server", errno));
  }
  server->process_.reset(static_cast<int>(::syscall(SYS_pidfd_open, server->id_, 0)));
  if (!server->process_.valid()) {
    return core::unexpected(core::system_error("cannot watch the server's process", errno));
  }
  server->errors_ = std::move(errors->out);
  server->preparation_ = std::move(preparation->out);
  return server;
}

ServerProcess::~ServerProcess() {
  if (id_ < 0 || status_) return;
  ::kill(id_, SIGKILL);
  reap(0);
}

void ServerProcess::listen(std::chrono::milliseconds limit) {
  std::array<pollfd, 2> events{pollfd{errors_.get(), POLLIN, 0}, pollfd{process_.get(), POLLIN, 0}};
  // One that has ended is told of again and again.
  const nfds_t count = status_ ? 1 : 2;
  static_cast<void>(::poll(events.data(), count, static_cast<int>(limit.count())));
  if (!status_) reap(WNOHANG);  // before what it said last is read
  read_preparation();
  read_errors();
}

void ServerProcess::reap(int options) {
  int status = 0;
  pid_t ended = 0;
  do {
    ended = ::waitpid(id_, &status, options);
  } while (ended < 0 && errno == EINTR);
  if (ended == id_) status_ = status;
}

void ServerProcess::read_preparation() {
  if (!preparation_.valid()) return;
  Preparation preparation;
  const ssize_t size = ::read(preparation_.get(), &preparation, sizeof preparation);
  if (size != sizeof preparation) return;
  mounted_ = preparation.mounted;
  if (preparation.group_error != 0) {
    group_problem_ =
        core::system_error("cannot join a control group", preparation.group_error).message;
  }
  preparation_.reset();
}

void ServerProcess::read_errors() {
  std::array<char, 4096> buffer{};
  while (errors_.valid()) {
    const ssize_t size = ::read(errors_.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return;  // nothing more for now
    if (size == 0) errors_.reset();
    said_.append(buffer.data(), static_cast<std::size_t>(size));
    if (said_.size() > kSaidBytesMax) said_.erase(0, said_.size() - kSaidBytesMax);
  }
}

std::optional<std::string> ServerProcess::end() const {
  if (!status_) return std::nullopt;
  if (WIFEXITED(*status_)) {
    return fmt::format("it ended with exit code {}", WEXITSTATUS(*status_));
  }
  const char* description = ::sigdescr_np(WTERMSIG(*status_));  // null: not one of the usual
  return fmt::format("signal {} ended it ({})", WTERMSIG(*status_),
                     description == nullptr ? "real-time" : description);
}

}  // namespace prove
