#include "server/net/connection_set.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/invariant.h"
#include "core/io/socket.h"

namespace server {
namespace {

constexpr std::string_view kOverloadedBeforeDate = "HTTP/1.1 503 Service Unavailable\r\nDate: ";
constexpr std::string_view kOverloadedAfterDate =
    "\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

// Without a connection object, which is what there are too many of. None of these calls waits. What
// the client has sent already is read, for closing over unread bytes would reset the answer away.
void answer_overloaded(int fd, std::string_view date) {
  std::string answer(kOverloadedBeforeDate);
  answer.append(date).append(kOverloadedAfterDate);
  std::array<char, 4096> ignored{};
  static_cast<void>(::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
  static_cast<void>(::shutdown(fd, SHUT_WR));
  while (::recv(fd, ignored.data(), ignored.size(), MSG_DONTWAIT) ==
         static_cast<ssize_t>(ignored.size())) {
  }
}

// Before the back end has seen it.
void close_at_once(int fd) { static_cast<void>(::close(fd)); }

// A connection may be reset before it is looked at; then its peer is unknown, and in no list.
bool may_speak(const ListenerPolicy& policy, const core::SocketAddress& peer) {
  if (policy.proxy_protocol.empty()) return true;
  return peer.family() != AF_UNSPEC && policy.proxy_protocol.contains(peer.ip());
}

}  // namespace

ConnectionSet::ConnectionSet(ConnectionContext context, ConnectionLimit& limit)
    : context_(context),
      limit_(limit),
      free_task_(core::Callback<void()>::to<&ConnectionSet::free_closed>(*this)),
      pause_timer_(core::Callback<void()>::to<&ConnectionSet::resume_paused>(*this)) {}

ConnectionSet::~ConnectionSet() { INVARIANT(empty()); }

void ConnectionSet::add(int fd, const ListenerPolicy* policy, std::uint32_t listener,
                        std::shared_ptr<const core::TlsServerContext> tls) {
  std::unique_ptr<ConnectionOrigin> origin;
  if (policy != nullptr) {
    const auto peer = core::SocketAddress::of_peer(fd);
    if (!may_speak(*policy, peer)) {
      context_.counters.proxy_refused.add();
      close_at_once(fd);
      return;
    }
    origin = std::make_unique<ConnectionOrigin>(
        *policy, peer, context_.loop.turn_began() + context_.http.limits.header_timeout);
  }
  ConnectionLimit::Ticket ticket;
  const auto refusal = try_enter(fd, origin.get(), ticket, tls != nullptr);
  if (refusal != ConnectionLimit::Refusal::kNone) {
    refuse(fd, refusal);
    close_at_once(fd);
    return;
  }
  context_.counters.connections_accepted.add();
  auto* connection =
      new Connection(context_, *this, fd, ticket, std::move(origin), listener, std::move(tls));
  open_.push_back(*connection);
  ++count_;
  connection->start();
  if (draining_) connection->drain();
  if (aborting_) connection->abort();
}

// The proxies that a policy names are not counted: they are many clients.
ConnectionLimit::Refusal ConnectionSet::try_enter(int fd, const ConnectionOrigin* origin,
                                                  ConnectionLimit::Ticket& ticket, bool tls) {
  if (origin == nullptr || origin->peer_counts()) return limit_.try_enter(fd, ticket, tls);
  return limit_.try_enter_process();
}

bool ConnectionSet::try_enter_client(int fd, const ConnectionOrigin& origin,
                                     ConnectionLimit::Ticket& ticket, bool tls) {
  const auto client = origin.counted_address();
  if (!client) return true;
  const auto address = core::SocketAddress::of_ip(*client, 0);
  const auto refusal = limit_.try_enter_address(address, ticket, tls);
  refuse(fd, refusal);
  return refusal == ConnectionLimit::Refusal::kNone;
}

void ConnectionSet::refuse(int fd, ConnectionLimit::Refusal refusal) {
  switch (refusal) {
    case ConnectionLimit::Refusal::kNone:
      return;
    case ConnectionLimit::Refusal::kFull:
      context_.counters.connections_refused.add();
      break;
    case ConnectionLimit::Refusal::kAddressFull:
      context_.counters.connections_refused_address.add();
      break;
    case ConnectionLimit::Refusal::kHandshakesFull:
      context_.counters.tls_refused_address.add();
      return;  // an alert says nothing of use to a flood
  }
  answer_overloaded(fd, context_.http.date.now());
}

void ConnectionSet::drain() {
  draining_ = true;
  open_.for_each([](Connection& connection) { connection.drain(); });
}

void ConnectionSet::abort() {
  aborting_ = true;
  open_.for_each([](Connection& connection) { connection.abort(); });
}

void ConnectionSet::on_closed(Connection& connection) {
  static_cast<core::ListHook<Connection>&>(connection).unlink();
  static_cast<core::ListHook<PausedTag>&>(connection).unlink();
  closed_.push_back(connection);
  context_.loop.close(free_task_);
}

void ConnectionSet::free_closed() {
  while (Connection* connection = closed_.pop_front()) {
    limit_.leave(connection->ticket());
    delete connection;
    INVARIANT(count_ > 0);
    --count_;
  }
}

void ConnectionSet::pause(Connection& connection) {
  auto& hook = static_cast<core::ListHook<PausedTag>&>(connection);
  if (hook.linked()) return;
  context_.counters.memory_pauses.add();
  if (paused_.empty()) {  // who comes later does not put it off for those who wait
    context_.loop.timers().set(pause_timer_, context_.loop.turn_began() + kPauseFor);
  }
  paused_.push_back(connection);
}

void ConnectionSet::resume_paused() {
  while (Connection* connection = paused_.pop_front()) connection->resume();
}

}  // namespace server
