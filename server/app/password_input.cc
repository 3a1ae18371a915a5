#include "server/app/password_input.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "core/base/unique_fd.h"
#include "core/base/wipe.h"
#include "core/password/password_hasher.h"

namespace server {
namespace {

// One more than a password may have, and a CR.
constexpr std::size_t kLineBytesMax = core::kPasswordBytesMax + 2;

core::unexpected<core::Error> failed(std::string_view attempted) {
  return core::unexpected(core::system_error(attempted, errno));
}

// Holds back the signals that would end the process in the middle. They stay pending, and what is
// pending is delivered when this goes.
class HeldSignals {
 public:
  HeldSignals() {
    ::sigemptyset(&held_);
    for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) ::sigaddset(&held_, number);
    ::pthread_sigmask(SIG_BLOCK, &held_, &before_);
    pending_.reset(::signalfd(-1, &held_, SFD_CLOEXEC));
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  // Readable while one is pending.
  [[nodiscard]] int fd() const { return pending_.get(); }

 private:
  sigset_t held_{};
  sigset_t before_{};
  core::UniqueFd pending_;
};

class HiddenTyping {
 public:
  explicit HiddenTyping(int terminal) : terminal_(terminal) {
    hidden_ = ::tcgetattr(terminal_, &before_) == 0;
    if (!hidden_) return;
    termios changed = before_;
    changed.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed.c_lflag |= ECHONL | ICANON | ISIG;
    changed.c_cc[VSUSP] = _POSIX_VDISABLE;  // a shell would come back to a terminal that hides
    hidden_ = ::tcsetattr(terminal_, TCSAFLUSH, &changed) == 0;
  }
  HiddenTyping(const HiddenTyping&) = delete;
  HiddenTyping& operator=(const HiddenTyping&) = delete;
  // What was typed and not read goes: the rest of a long password is no command for the shell.
  ~HiddenTyping() {
    if (hidden_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
  }

  [[nodiscard]] bool hidden() const { return hidden_; }

 private:
  int terminal_;
  termios before_{};
  bool hidden_ = false;
};

// True when there is something to read from `fd`, false when a held signal came.
bool wait_for_line(int fd, const HeldSignals& signals) {
  std::array<pollfd, 2> waiting{{{fd, POLLIN, 0}, {signals.fd(), POLLIN, 0}}};
  while (::poll(waiting.data(), waiting.size(), -1) < 0 && errno == EINTR) {
  }
  return waiting[1].revents == 0;
}

}  // namespace

core::Result<std::string> read_password_line(int fd) {
  std::string line;
  line.reserve(kLineBytesMax);  // never grows, which would leave a copy
  char c = '\0';
  ssize_t got = 1;
  while (line.size() < kLineBytesMax) {
    got = ::read(fd, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || c == '\n') break;
    line.push_back(c);
  }
  if (got < 0) {
    const auto failure = failed("cannot read the password");
    core::wipe(line);
    return failure;
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

core::Result<std::string> ask_for_password(int terminal, std::string_view prompt) {
  const HeldSignals signals;
  const HiddenTyping typing(terminal);
  if (!typing.hidden()) return failed("cannot hide what is typed");
  std::fwrite(prompt.data(), 1, prompt.size(), stderr);
  std::fflush(stderr);
  if (!wait_for_line(terminal, signals)) {
    return core::unexpected(core::Error{"interrupted"});
  }
  return read_password_line(terminal);
}

}  // namespace server
