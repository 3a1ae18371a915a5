// Goal: as many bytes as were asked for, or all there are, within the limit; and words for what
// fails. Method: a listener of ours that answers as it is told. (What asks with it has tests of its
// own.)

#include "server/app/plain_client.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <future>
#include <string>

#include "core/base/unique_fd.h"

namespace {

using namespace std::chrono_literals;

core::UniqueFd listener() {
  auto sockets = core::listen_on(*core::SocketAddress::parse("127.0.0.1", 0), 1);
  REQUIRE(sockets);
  return std::move(sockets->front());
}

core::UniqueFd accept_one(const core::UniqueFd& listening) {
  core::UniqueFd fd;
  while (!fd.valid()) fd.reset(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
  return fd;
}

}  // namespace

TEST_CASE("the first bytes that come back, or all of them") {
  const std::string answer(300'000, 'a');
  for (const std::size_t bytes_max : {std::size_t{1}, std::size_t{12}, std::size_t{1'000'000}}) {
    CAPTURE(bytes_max);
    const core::UniqueFd listening = listener();
    auto asked = std::async(std::launch::async, [&] {
      return server::ask_server(core::SocketAddress::of_socket(listening.get()), "question",
                                bytes_max, core::Clock::now() + 10s);
    });
    {
      const core::UniqueFd fd = accept_one(listening);
      std::string question(8, '\0');
      REQUIRE(::recv(fd.get(), question.data(), question.size(), MSG_WAITALL) == 8);
      CHECK(question == "question");
      for (std::size_t sent = 0; sent < answer.size();) {
        const ssize_t size =
            ::send(fd.get(), answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
        if (size < 0) break;  // it had enough
        sent += static_cast<std::size_t>(size);
      }
    }
    const auto received = asked.get();
    REQUIRE(received);
    CHECK((*received == answer.substr(0, bytes_max)));
  }
}

TEST_CASE("nobody there, and nothing in time") {
  core::UniqueFd listening = listener();
  const core::SocketAddress address = core::SocketAddress::of_socket(listening.get());
  const auto silent = server::ask_server(address, "question", 1, core::Clock::now() + 20ms);
  REQUIRE_FALSE(silent);
  CHECK(silent.error().message == "no answer in time");
  listening.reset();
  const auto refused = server::ask_server(address, "question", 1, core::Clock::now() + 10s);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "cannot connect: Connection refused");
}
