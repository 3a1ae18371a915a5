// Goal: `ouro top` shows a running server: once, as plain text, where nobody can press a key; on a
// screen of its own, until q, where somebody can; and says why where there is none. Method: the
// program as a child process, on pipes and on a terminal of ours (pty(7)), beside a live server.

#include "server/app/top.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>

#include "core/base/clock.h"
#include "core/base/unique_fd.h"
#include "core/io/socket.h"
#include "server/app/exit_code.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

struct Watched {
  Watched() : live(site.path(), with_admin()) {}
  static test::LiveOptions with_admin() {
    test::LiveOptions options;
    options.admin = true;
    return options;
  }
  [[nodiscard]] std::string url(const std::string& path = "/status") const {
    return "http://127.0.0.1:" + std::to_string(live.admin_port()) + path;
  }

  const test::TemporaryDirectory site;
  test::LiveServer live;
};

// A terminal that a child takes for its own, and what was written to it.
class Screen {
 public:
  Screen() : ours_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    REQUIRE(ours_.valid());
    REQUIRE(::grantpt(ours_.get()) == 0);
    REQUIRE(::unlockpt(ours_.get()) == 0);
    name_ = ::ptsname(ours_.get());
    const winsize size{12, 100, 0, 0};
    REQUIRE(::ioctl(ours_.get(), TIOCSWINSZ, &size) == 0);
  }
  // In the child.
  void take() const {
    ::setsid();
    const int fd = ::open(name_.c_str(), O_RDWR);
    ::dup2(fd, STDIN_FILENO);
    ::dup2(fd, STDOUT_FILENO);
  }
  // What was written so far is not looked at again.
  void forget() { written_.clear(); }
  // Keys are seen, and come line by line.
  [[nodiscard]] bool is_as_it_was() const {
    termios now{};
    REQUIRE(::tcgetattr(ours_.get(), &now) == 0);
    constexpr tcflag_t kUsual = ICANON | ECHO;
    return (now.c_lflag & kUsual) == kUsual;
  }
  void press(const char* keys) const { CHECK(::write(ours_.get(), keys, 1) == 1); }
  // Reads until it was written; false when 20 s passed without it.
  bool shows(const std::string& text) {
    std::array<char, 4096> piece{};
    const core::TimePoint give_up = core::Clock::now() + std::chrono::seconds(20);
    while (written_.find(text) == std::string::npos) {
      if (core::Clock::now() > give_up) return false;  // though it goes on drawing
      pollfd source{ours_.get(), POLLIN, 0};
      if (::poll(&source, 1, 20'000) != 1) return false;
      const ssize_t size = ::read(ours_.get(), piece.data(), piece.size());
      if (size <= 0) return false;
      written_.append(piece.data(), static_cast<std::size_t>(size));
    }
    return true;
  }

 private:
  const core::UniqueFd ours_;
  std::string name_;
  std::string written_;
};

}  // namespace

TEST_CASE("without a terminal it tells of one second, as text") {
  Watched watched;
  test::Process top({OURO_BINARY, "top", watched.url()});
  CHECK(top.wait() == server::kExitDone);
  const std::string text = top.output();
  CHECK(text.starts_with("ouro 0.1.0  "));
  CHECK(text.find("\nloop-0 ") != std::string::npos);
  CHECK(text.find("\nfiles ") != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(top.error_output().empty());
}

TEST_CASE("on a terminal it goes on until q, and leaves it as it was") {
  Watched watched;
  Screen screen;
  test::Process top({OURO_BINARY, "top", watched.url()}, [&screen] { screen.take(); });
  CHECK(screen.shows("\x1b[?1049h"));
  CHECK(screen.shows("loop-0"));
  CHECK(screen.shows("0 requests/s"));
  // And looks again.
  CHECK(screen.shows("0 of 1000 connections"));
  test::TestClient client(watched.live.port());
  REQUIRE(client.send("GET /"));
  CHECK(screen.shows("1 of 1000 connections"));
  CHECK(top.running());
  screen.press("x");
  screen.press("q");
  CHECK(screen.shows("\x1b[?1049l"));
  CHECK(top.wait() == server::kExitDone);
  CHECK(screen.is_as_it_was());
}

TEST_CASE("while it is stopped, the terminal is as it was") {
  Watched watched;
  Screen screen;
  test::Process top({OURO_BINARY, "top", watched.url()}, [&screen] { screen.take(); });
  REQUIRE(screen.shows("loop-0"));
  CHECK_FALSE(screen.is_as_it_was());
  screen.press("\x1a");  // Ctrl-Z
  REQUIRE(screen.shows("\x1b[?1049l"));
  siginfo_t stopped{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(top.id()), &stopped, WSTOPPED) == 0);
  CHECK(screen.is_as_it_was());
  screen.forget();
  top.signal(SIGCONT);
  CHECK(screen.shows("\x1b[?1049h"));
  CHECK(screen.shows("loop-0"));
  CHECK_FALSE(screen.is_as_it_was());
  screen.press("q");
  CHECK(top.wait() == server::kExitDone);
  CHECK(screen.is_as_it_was());
}

TEST_CASE("what cannot be written is told of") {
  Watched watched;
  test::Process top({OURO_BINARY, "top", "--once", watched.url()}, [] {
    const int fd = ::open("/dev/full", O_WRONLY);
    if (fd >= 0) ::dup2(fd, STDOUT_FILENO);
  });
  CHECK(top.wait() == server::kExitFailed);
  CHECK(top.error_output() == "ouro: cannot write: No space left on device\n");
}

TEST_CASE("--once is text on a terminal too") {
  Watched watched;
  Screen screen;
  test::Process top({OURO_BINARY, "top", "--once", watched.url()}, [&screen] { screen.take(); });
  CHECK(screen.shows("requests in flight: 0"));
  CHECK(top.wait() == server::kExitDone);
  CHECK_FALSE(screen.shows("\x1b["));
}

TEST_CASE("what is no server, or none of ours, is told of") {
  Watched watched;
  struct Case {
    std::string url;
    int code;
    std::string says;
  };
  for (const Case& expected :
       {Case{"ftp://x", server::kExitWrongInput, "it must begin with http://"},
        Case{watched.url("/healthz"), server::kExitFailed, "that is not the status of an ouro"},
        Case{watched.url("/nothing"), server::kExitFailed,
             "the answer is no status, but: HTTP/1.1 404 Not Found"}}) {
    CAPTURE(expected.url);
    test::Process top({OURO_BINARY, "top", expected.url});
    CHECK(top.wait() == expected.code);
    CHECK(top.error_output() == "ouro: " + expected.url + ": " + expected.says + "\n");
  }
}

TEST_CASE("what no server of ours sends is cut short, and gives a terminal nothing to obey") {
  auto listening = core::listen_on(*core::SocketAddress::parse("127.0.0.1", 0), 1);
  REQUIRE(listening);
  const int listener = listening->front().get();
  const std::string url = "http://" + core::SocketAddress::of_socket(listener).to_string() + "/";
  test::Process top({OURO_BINARY, "top", url});
  pollfd source{listener, POLLIN, 0};
  REQUIRE(::poll(&source, 1, 20'000) == 1);
  {
    const core::UniqueFd peer(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    REQUIRE(peer.valid());
    std::string asked;
    for (char byte = 0; !asked.ends_with("\r\n\r\n"); asked += byte) {
      REQUIRE(::recv(peer.get(), &byte, 1, 0) == 1);
    }
    const std::string answer = "HTTP/1.1 500 \x1b[2J\xC2\x9B" + std::string(100'000, 'x');
    REQUIRE(::send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL) > 0);
  }
  CHECK(top.wait() == server::kExitFailed);
  CHECK(top.error_output() == "ouro: " + url +
                                  ": the answer is no status, but: HTTP/1.1 500 ?[2J??" +
                                  std::string(81, 'x') + "\n");
}
