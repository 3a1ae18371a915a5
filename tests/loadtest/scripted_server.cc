#include "tests/loadtest/scripted_server.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <utility>

#include "core/io/socket.h"

namespace test {

ScriptedServer::ScriptedServer(Script script, std::shared_ptr<const core::TlsServerContext> tls)
    : script_(std::move(script)),
      tls_(std::move(tls)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const auto address = core::SocketAddress::parse("127.0.0.1", 0);
  REQUIRE(address);
  REQUIRE(::bind(listener_.get(), address->data(), address->size()) == 0);
  REQUIRE(::listen(listener_.get(), 1024) == 0);
  port_ = core::SocketAddress::of_socket(listener_.get()).port();
  accepting_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  // Ends accept(2).
  static_cast<void>(::shutdown(listener_.get(), SHUT_RDWR));
  accepting_.join();
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    for (const core::UniqueFd& socket : sockets_) {
      static_cast<void>(::shutdown(socket.get(), SHUT_RDWR));
    }
  }
  stopped_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

std::string ScriptedServer::url(std::string_view path) const {
  return (tls_ != nullptr ? "https" : "http") + std::string("://127.0.0.1:") +
         std::to_string(port_) + std::string(path);
}

std::size_t ScriptedServer::requests() {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

std::size_t ScriptedServer::connections() {
  const std::scoped_lock lock(mutex_);
  return sockets_.size();
}

std::vector<std::string> ScriptedServer::clients() {
  const std::scoped_lock lock(mutex_);
  return clients_;
}

void ScriptedServer::accept_all() {
  for (;;) {
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const auto client = core::SocketAddress::of_peer(fd);
    const std::scoped_lock lock(mutex_);
    sockets_.emplace_back(fd);
    clients_.push_back(client.host());
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

void ScriptedServer::serve(int fd) {
  Channel channel(fd, tls_);
  std::string received;
  bool goes_on = channel.begin();
  while (goes_on && channel.receive(received)) {
    for (;;) {
      const auto end = received.find("\r\n\r\n");
      if (end == std::string::npos) break;
      goes_on = answer(channel, std::string_view(received).substr(0, end + 4));
      if (!goes_on) break;
      received.erase(0, end + 4);
    }
  }
  channel.close();
}

bool ScriptedServer::answer(Channel& channel, std::string_view request) {
  Reply reply;
  {
    std::unique_lock lock(mutex_);
    reply = script_(requests_++, request);
    if (reply.stall.count() > 0) stopped_.wait_for(lock, reply.stall, [this] { return stopping_; });
  }
  return channel.send(reply.bytes) && !reply.close;
}

std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

}  // namespace test
