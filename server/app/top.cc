#include "server/app/top.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string_view>
#include <utility>

#include "core/base/invariant.h"
#include "core/base/unique_fd.h"
#include "server/app/exit_code.h"
#include "server/app/health_check.h"
#include "server/app/plain_client.h"
#include "server/app/status_view.h"
#include "server/app/top_screen.h"

namespace server {
namespace {

constexpr std::chrono::milliseconds kPeriod{1000};
// Of a server with hundreds of loops; more is no status.
constexpr std::size_t kAnswerBytesMax = std::size_t{16} << 20U;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

// Of its first line, without what a terminal would obey: whoever it is may have sent anything.
std::string beginning_of(std::string_view answer) {
  constexpr std::size_t kBytesMax = 100;
  std::string text(answer.substr(0, std::min(answer.find_first_of("\r\n"), kBytesMax)));
  for (char& byte : text) {
    if (byte < ' ' || byte > '~') byte = '?';
  }
  return text;
}

core::Result<StatusView> ask_for_view(const HealthTarget& target) {
  // Of HTTP/1.0, so that the content is what follows up to the end.
  const std::string request = fmt::format(
      "GET {} HTTP/1.0\r\nHost: {}\r\nUser-Agent: ouro-top\r\n\r\n", target.target, target.host);
  auto answer =
      ask_server(target.address, request, kAnswerBytesMax, core::Clock::now() + kHealthLimit);
  if (!answer) return core::unexpected(answer.error());
  const std::size_t head = answer->find(kHeadEnd);
  if (head == std::string::npos || !answer->starts_with("HTTP/1.1 200 ")) {
    return core::unexpected(
        core::Error{"the answer is no status, but: " + beginning_of(*answer), 0});
  }
  return read_status(std::string_view(*answer).substr(head + kHeadEnd.size()));
}

// SIGINT, SIGTERM and SIGHUP end it in order, SIGTSTP stops it; SIGWINCH is a reason to draw.
core::UniqueFd take_signals() {
  sigset_t taken{};
  sigemptyset(&taken);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH}) sigaddset(&taken, number);
  pthread_sigmask(SIG_BLOCK, &taken, nullptr);
  core::UniqueFd fd(::signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK));
  INVARIANT(fd.valid());
  return fd;
}

core::Result<void> write_out(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return core::unexpected(core::system_error("cannot write", errno));
    }
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return {};
}

// Who looked may have gone: a signal will say so.
void show(std::string_view text) { static_cast<void>(write_out(text)); }

// A screen of our own, keys one by one and unseen; as it was before when this is gone.
class Terminal {
 public:
  Terminal() : has_keys_(::tcgetattr(STDIN_FILENO, &before_) == 0) { take(); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() { give_back(); }

  // Until somebody lets it go on, and has the terminal for it again.
  void stop() const {
    give_back();
    ::raise(SIGSTOP);
    take();
  }

  [[nodiscard]] bool has_keys() const { return has_keys_; }
  [[nodiscard]] static ScreenSize size() {
    winsize size{};
    const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    if (!known) return {80, 24, true};
    return {size.ws_col, size.ws_row, true};
  }
  // Over what stands there, so that nothing flickers.
  static void draw(std::string_view text) {
    std::string screen = "\x1b[H";
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      screen.append(text.substr(0, end)).append("\x1b[K");
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      if (!text.empty()) screen += "\r\n";
    }
    show(screen + "\x1b[J");
  }

 private:
  void take() const {
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    if (has_keys_) ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    show("\x1b[?1049h\x1b[?25l");
  }
  void give_back() const {
    show("\x1b[?25h\x1b[?1049l");
    if (has_keys_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }

  termios before_{};
  const bool has_keys_;
};

enum class Event { kTick, kDraw, kStop, kQuit };

Event wait_for_event(const Terminal& terminal, int signals, core::TimePoint until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - core::Clock::now());
  if (left.count() <= 0) return Event::kTick;
  std::array<pollfd, 2> sources{
      {{signals, POLLIN, 0}, {terminal.has_keys() ? STDIN_FILENO : -1, POLLIN, 0}}};
  if (::poll(sources.data(), sources.size(), static_cast<int>(left.count())) <= 0) {
    return Event::kDraw;  // the next look finds that it is time
  }
  signalfd_siginfo signal{};
  if (::read(signals, &signal, sizeof signal) == sizeof signal) {
    if (signal.ssi_signo == SIGTSTP) return Event::kStop;
    return signal.ssi_signo == SIGWINCH ? Event::kDraw : Event::kQuit;
  }
  char key = 0;
  const ssize_t size = ::read(STDIN_FILENO, &key, 1);
  const bool ends = size == 0 || (size == 1 && (key == 'q' || key == 'Q'));
  return ends || sources[1].revents == POLLHUP ? Event::kQuit : Event::kDraw;
}

int show_screen(const HealthTarget& target, StatusView first) {
  const core::UniqueFd signals = take_signals();
  const Terminal terminal;
  StatusView before = first;
  StatusView now = std::move(first);
  std::string trouble;
  core::TimePoint next = core::Clock::now() + kPeriod;
  for (;;) {
    ScreenSize size = Terminal::size();
    // The last line is ours.
    if (size.rows > 1) --size.rows;
    const std::string last = trouble.empty() ? "q ends it" : trouble + ", trying again";
    Terminal::draw(top_screen(before, now, size) + last.substr(0, size.columns) + "\n");
    switch (wait_for_event(terminal, signals.get(), next)) {
      case Event::kQuit:
        return kExitDone;
      case Event::kStop:
        terminal.stop();
        continue;
      case Event::kDraw:
        continue;
      case Event::kTick:
        break;
    }
    next = core::Clock::now() + kPeriod;
    auto view = ask_for_view(target);
    trouble = view ? "" : view.error().message;
    if (!view) continue;
    before = std::exchange(now, std::move(*view));
    if (before.started != now.started) before = now;  // another server, of which all is new
  }
}

core::Result<std::string> look_for_a_second(const HealthTarget& target, const StatusView& first) {
  static_cast<void>(::poll(nullptr, 0, static_cast<int>(kPeriod.count())));
  auto view = ask_for_view(target);
  if (!view) return core::unexpected(view.error());
  constexpr std::size_t kWide = 1000;  // who reads it may cut it
  return top_screen(first, *view, {kWide, 0, false});
}

}  // namespace

int show_top(const std::string& url, bool once) {
  const auto target = parse_health_url(url);
  if (!target) {
    fmt::print(stderr, "ouro: {}: {}\n", url, target.error().message);
    return kExitWrongInput;
  }
  auto first = ask_for_view(*target);
  if (first && !once && ::isatty(STDOUT_FILENO) == 1) return show_screen(*target, *first);
  const auto text = first ? look_for_a_second(*target, *first)
                          : core::Result<std::string>(core::unexpected(first.error()));
  if (!text) {
    fmt::print(stderr, "ouro: {}: {}\n", url, text.error().message);
    return kExitFailed;
  }
  if (auto written = write_out(*text); !written) {
    fmt::print(stderr, "ouro: {}\n", written.error().message);
    return kExitFailed;
  }
  return kExitDone;
}

}  // namespace server
