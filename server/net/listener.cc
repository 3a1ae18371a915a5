#include "server/net/listener.h"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "core/base/invariant.h"
#include "core/base/result.h"

namespace server {

using OnCompletion = core::Operation::OnCompletion;

Listener::Listener(core::EventLoop& loop, core::UniqueFd socket, ConnectionSet& connections,
                   Counters& counters, ErrorLog* errors, const ListenerPolicy* policy,
                   std::uint32_t index, std::shared_ptr<const core::TlsServerContext> tls)
    : loop_(loop),
      connections_(connections),
      counters_(counters),
      errors_(errors),
      policy_(policy != nullptr && policy->empty() ? nullptr : policy),
      index_(index),
      tls_(std::move(tls)),
      accept_(core::OperationKind::kAccept, OnCompletion::to<&Listener::on_accept>(*this)),
      close_(core::OperationKind::kClose, OnCompletion::to<&Listener::on_closed>(*this)),
      pause_(core::Callback<void()>::to<&Listener::resume>(*this)) {
  accept_.fd = close_.fd = socket.release();
}

Listener::~Listener() { INVARIANT(stopped_); }

void Listener::start() { loop_.start(accept_); }

void Listener::stop() {
  if (stopping_) return;
  stopping_ = true;
  loop_.timers().clear(pause_);
  if (accept_.in_flight()) {
    loop_.cancel(accept_);
  } else {
    close();
  }
}

void Listener::on_accept(core::Completion& completion) {
  if (completion.result >= 0) connections_.add(completion.result, policy_, index_, tls_);
  if (completion.more) return;
  if (stopping_) {
    close();
  } else if (completion.result >= 0) {
    loop_.start(accept_);
  } else {
    // accept(2): EMFILE, ENFILE, ENOBUFS, ENOMEM; trying again at once would only spin. Whatever
    // else there may be is a passing state of the network too.
    counters_.accept_pauses.add();
    report(-completion.result);
    loop_.timers().set(pause_, loop_.turn_began() + kPauseFor);
  }
}

void Listener::report(int error) {
  const core::TimePoint now = loop_.turn_began();
  if (errors_ == nullptr || now < report_again_) return;
  report_again_ = now + kReportEvery;
  std::string message = core::system_error("accepting pauses", error).message;
  if (error == EMFILE) message += " (raise ulimit -n or lower limits.connections)";
  errors_->say(message);
}

void Listener::resume() {
  if (!stopping_) loop_.start(accept_);
}

// Through the back end, which forgets what it knew of the descriptor before the number is used
// again.
void Listener::close() { loop_.start(close_); }

void Listener::on_closed(core::Completion&) { stopped_ = true; }

}  // namespace server
