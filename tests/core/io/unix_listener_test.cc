// Goal: a Unix socket is served by all loops, replaces what a killed predecessor has left and
// nothing else, and leaves no file. Method: real sockets in a directory of their own.

#include "core/io/unix_listener.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <utility>

#include "tests/core/io/connected_sockets.h"

namespace {

using core::SocketAddress;
using core::UniqueFd;

class Directory {
 public:
  Directory() {
    std::string name = "/tmp/unix_listener_XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() {
    ::unlink(socket().c_str());
    ::rmdir(path_.c_str());
  }
  [[nodiscard]] std::string socket() const { return path_ + "/socket"; }
  [[nodiscard]] SocketAddress address() const { return *SocketAddress::parse_unix(socket()); }
  [[nodiscard]] bool holds_socket() const {
    struct stat file {};
    return ::lstat(socket().c_str(), &file) == 0 && S_ISSOCK(file.st_mode);
  }

 private:
  std::string path_;
};

UniqueFd new_socket() { return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

UniqueFd connect_to(const SocketAddress& address) {
  UniqueFd socket = new_socket();
  if (::connect(socket.get(), address.data(), address.size()) != 0) socket.reset();
  return socket;
}

// As a process that was killed leaves it: bound once, and nobody there.
void leave_stale(const SocketAddress& address) {
  const UniqueFd socket = new_socket();
  REQUIRE(::bind(socket.get(), address.data(), address.size()) == 0);
}

}  // namespace

TEST_CASE("one socket for all loops, for owner and group") {
  const Directory directory;
  const auto listener = core::listen_on_unix(directory.address(), 3);
  REQUIRE(listener.has_value());
  REQUIRE(listener->sockets.size() == 3);
  struct stat file {};
  REQUIRE(::stat(directory.socket().c_str(), &file) == 0);
  CHECK((file.st_mode & 07777U) == 0660U);
  for (const UniqueFd& socket : listener->sockets) {
    CHECK((::fcntl(socket.get(), F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(socket.get(), F_GETFD) & FD_CLOEXEC) != 0);
    const UniqueFd client = connect_to(directory.address());
    REQUIRE(client.valid());
    REQUIRE(test::wait_for(socket, POLLIN));
    const UniqueFd accepted(::accept4(socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
    REQUIRE(accepted.valid());
    CHECK(SocketAddress::of_peer(accepted.get()).host() == "unix:");
    CHECK(SocketAddress::of_peer(accepted.get()).path().empty());
    CHECK(SocketAddress::of_socket(accepted.get()).path() == directory.socket());
  }
}

TEST_CASE("the file goes with its owner, unless it is left to a successor or another's") {
  const Directory directory;
  {
    const auto listener = core::listen_on_unix(directory.address(), 1);
    REQUIRE(listener.has_value());
    CHECK(directory.holds_socket());
  }
  CHECK_FALSE(directory.holds_socket());
  {
    auto first = core::listen_on_unix(directory.address(), 1);
    REQUIRE(first.has_value());
    auto moved = std::move(*first);
    CHECK(directory.holds_socket());
    moved.file.leave();
  }
  CHECK(directory.holds_socket());
  auto killed = core::listen_on_unix(directory.address(), 1);
  REQUIRE(killed.has_value());
  killed->sockets.clear();
  const auto successor = core::listen_on_unix(directory.address(), 1);
  REQUIRE(successor.has_value());
  killed->file.remove();
  CHECK(directory.holds_socket());
}

TEST_CASE("a file that nobody listens on makes way") {
  const Directory directory;
  leave_stale(directory.address());
  REQUIRE(directory.holds_socket());
  const auto listener = core::listen_on_unix(directory.address(), 1);
  REQUIRE(listener.has_value());
  CHECK(connect_to(directory.address()).valid());
}

TEST_CASE("a file that somebody listens on stays his, even when his queue is full") {
  const Directory directory;
  const UniqueFd owner = new_socket();
  REQUIRE(::bind(owner.get(), directory.address().data(), directory.address().size()) == 0);
  REQUIRE(::listen(owner.get(), 0) == 0);
  std::vector<UniqueFd> waiting;
  for (int i = 0; i < 4; ++i) {
    const auto again = core::listen_on_unix(directory.address(), 1);
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().errno_value == EADDRINUSE);
    CHECK(again.error().message.find("unix:" + directory.socket()) != std::string::npos);
    waiting.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    static_cast<void>(
        ::connect(waiting.back().get(), directory.address().data(), directory.address().size()));
  }
  CHECK(directory.holds_socket());
}

TEST_CASE("what is no socket is not touched") {
  const Directory directory;
  const UniqueFd file(::open(directory.socket().c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  REQUIRE(file.valid());
  const auto listener = core::listen_on_unix(directory.address(), 1);
  REQUIRE_FALSE(listener.has_value());
  CHECK(listener.error().errno_value == EADDRINUSE);
  CHECK(::access(directory.socket().c_str(), F_OK) == 0);
}

TEST_CASE("a directory that does not exist is an error") {
  const auto address = SocketAddress::parse_unix("/tmp/no such directory/socket");
  REQUIRE(address.has_value());
  const auto listener = core::listen_on_unix(*address, 1);
  REQUIRE_FALSE(listener.has_value());
  CHECK(listener.error().errno_value == ENOENT);
}
