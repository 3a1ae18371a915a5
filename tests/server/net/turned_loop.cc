#include "tests/server/net/turned_loop.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "core/base/invariant.h"

namespace test {
namespace {

using std::chrono::seconds;

server::HttpLimits wide_limits() {
  server::HttpLimits limits;
  limits.header_timeout = limits.body_timeout = limits.keepalive_timeout = seconds(60);
  limits.header_bytes_max = std::size_t{16} * 1024;
  limits.header_fields_max = 100;
  limits.body_bytes_max = std::uint64_t{1} << 30U;
  return limits;
}

std::unique_ptr<core::EventLoop> make_loop(const core::Engine& engine) {
  auto loop = core::EventLoop::create(engine);
  INVARIANT(loop.has_value());
  return std::move(*loop);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void set_buffers(int fd, int bytes) {
  if (bytes == 0) return;
  INVARIANT(::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes) == 0);
  INVARIANT(::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) == 0);
}

}  // namespace

void LoopClient::step_sending() {
  while (!to_send_.empty() && fd_.valid()) {
    const ssize_t size =
        ::send(fd_.get(), to_send_.data(), to_send_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size < 0) {
      reset_ = reset_ || errno == ECONNRESET || errno == EPIPE;
      return;
    }
    to_send_.erase(0, static_cast<std::size_t>(size));
  }
}

void LoopClient::close_with_reset() {
  const linger at_once{1, 0};
  INVARIANT(::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
  close();
}

void LoopClient::step_reading() {
  std::array<char, 65536> piece{};
  while (!ended_ && !reset_ && fd_.valid()) {
    const ssize_t size = ::recv(fd_.get(), piece.data(), piece.size(), MSG_DONTWAIT);
    if (size > 0) {
      received_.append(piece.data(), static_cast<std::size_t>(size));
      continue;
    }
    ended_ = size == 0;
    reset_ = size < 0 && errno == ECONNRESET;
    return;
  }
}

FunctionHandler::FunctionHandler()
    : respond([this](server::Exchange& exchange) {
        exchange.response.status = 200;
        exchange.response.body =
            server::TextBody{std::string(exchange.request.target_text) + padding};
        exchange.respond();
      }) {}

TurnedLoop::TurnedLoop(const core::Engine& engine, std::size_t memory_bytes_max)
    : loop_(make_loop(engine)),
      files_(failing_, *loop_),
      ended_filters_(*loop_, files_, resumptions_),
      scratch_(server::TlsTransport::kRecordBytesMax),
      tls_shared_{files_, resumptions_, ended_filters_, files_, scratch_, date_},
      http_{wide_limits(), handler, {}, {}},
      memory_(loop_->blocks(), memory_bytes_max),
      connections_(std::make_unique<server::ConnectionSet>(
          server::ConnectionContext{*loop_, http_, files_, seconds(60), nullptr, counters, memory_,
                                    server::SendfileJob::kSystem, &tls_shared_},
          limit_)),
      listening_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
      tick_(core::Callback<void()>::to<&TurnedLoop::on_tick>(*this)),
      drain_message_(core::Callback<void()>::to<&TurnedLoop::on_drain>(*this)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  INVARIANT(::bind(listening_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  INVARIANT(::listen(listening_.get(), 1024) == 0);
  INVARIANT(::getsockname(listening_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
}

TurnedLoop::~TurnedLoop() {
  if (listener_ != nullptr) listener_->stop();
  connections_->abort();
  INVARIANT(turn_until([this] {
    return connections_->empty() && ended_filters_.idle() &&
           (listener_ == nullptr || listener_->stopped());
  }));
  INVARIANT(memory_.bytes() == 0);
  INVARIANT(workers_.stop(seconds(10)));
}

LoopClient TurnedLoop::connect(int buffer_bytes) {
  buffer_bytes_ = buffer_bytes;
  core::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  set_buffers(socket.get(), buffer_bytes);
  const sockaddr_in address = loopback(port_);
  INVARIANT(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
            0);
  return LoopClient(std::move(socket));
}

void TurnedLoop::accept() {
  const int fd = ::accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  INVARIANT(fd >= 0 || accepts);
  if (fd < 0) return;
  set_buffers(fd, buffer_bytes_);
  connections_->add(fd, nullptr, 0, tls);
}

server::Listener& TurnedLoop::listen() {
  INVARIANT(listener_ == nullptr);
  listener_ = std::make_unique<server::Listener>(*loop_, std::move(listening_), *connections_,
                                                 counters, nullptr);
  listener_->start();
  return *listener_;
}

LoopClient TurnedLoop::connect_and_accept(int buffer_bytes) {
  LoopClient client = connect(buffer_bytes);
  accept();
  return client;
}

void TurnedLoop::turn() {
  if (accepts) accept();
  loop_->timers().set(tick_, core::Clock::now() + core::TimerWheel::kTick);
  loop_->turn();
  memory_peak_ = std::max(memory_peak_, memory_.bytes());
}

bool TurnedLoop::turn_until_received(LoopClient& client, std::string_view ending) {
  return turn_until([&] {
    client.step();
    return client.received().ends_with(ending);
  });
}

bool TurnedLoop::turn_until_ended(LoopClient& client) {
  return turn_until([&] {
    client.step();
    return client.ended() || client.reset();
  });
}

std::string get_request(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

}  // namespace test
