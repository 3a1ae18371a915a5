#include "tests/simulation/handshake_watch.h"

#include <algorithm>
#include <span>
#include <utility>

#include "core/base/invariant.h"
#include "core/tls/client_hello.h"

namespace simulation {

using Outcome = core::TlsFilter::Outcome;

HandshakeWatch::View::View(const server::HandshakeJob& job)
    : filter(job.filter()),
      handshake_done(filter != nullptr && filter->handshake_done()),
      failure(filter == nullptr ? "" : filter->failure()),
      input(job.input()),
      outcome(job.outcome()) {}

void HandshakeWatch::on_refused(const server::HandshakeJob& job) {
  Socket& socket = *kernel_.socket_with(job.context());
  INVARIANT(job.filter() == nullptr);  // who is in already is not refused
  socket.handshake.refused = true;
  ++counts_.refused;
}

void HandshakeWatch::on_submitted(const server::HandshakeJob& job) {
  auto socket = kernel_.socket_with(job.context());
  Socket::Handshake& handshake = socket->handshake;
  INVARIANT(kernel_.is_open(socket->fd));
  INVARIANT(!handshake.step_out && !handshake.done && !handshake.failed && !handshake.refused);
  INVARIANT(job.has_input());
  handshake.step_out = true;
  const auto input = std::as_bytes(std::span(job.input()));
  if (job.filter() == nullptr && !core::client_hello_complete(input)) ++counts_.hellos_in_pieces;
  steps_.push_back(
      {&job, socket, View(job), socket->sent.size(), socket->client_ended, socket->reset});
}

HandshakeWatch::Step& HandshakeWatch::step_of(const server::HandshakeJob& job) {
  const auto found = std::find_if(steps_.begin(), steps_.end(),
                                  [&job](const Step& step) { return step.job == &job; });
  INVARIANT(found != steps_.end());
  return *found;
}

void HandshakeWatch::before_run(const server::HandshakeJob& job) {
  INVARIANT(step_of(job).view == View(job));
}

void HandshakeWatch::after_run(const server::HandshakeJob& job) {
  Step& step = step_of(job);
  const View before = std::exchange(step.view, View(job));
  Socket::Handshake& handshake = step.socket->handshake;
  ++counts_.steps;
  if (job.outcome() == Outcome::kWantsInput && job.has_input()) {
    INVARIANT(step.view == before);
    ++counts_.steps_spared;
    return;
  }
  INVARIANT(before.filter == nullptr || before.filter == step.view.filter);
  handshake.stepped = true;
  if (job.outcome() == Outcome::kFailed) {
    handshake.failed = true;
    ++counts_.failed;
  } else if (job.outcome() == Outcome::kDone) {
    handshake.done = true;
    ++counts_.handshakes;
    if (job.has_input()) ++counts_.requests_along;
  }
}

void HandshakeWatch::on_home(const server::HandshakeJob& job) {
  Step& step = step_of(job);
  INVARIANT(step.view == View(job));
  Socket& socket = *step.socket;
  // What comes meanwhile stays with the kernel: a handshake holds no more than one step's input.
  INVARIANT(socket.sent.size() >= step.sent_bytes);
  if (socket.sent.size() > step.sent_bytes) ++counts_.bytes_meanwhile;
  if (socket.client_ended && !step.ended) ++counts_.ends_meanwhile;
  if (socket.reset && !step.reset) ++counts_.resets_meanwhile;
  INVARIANT(socket.handshake.step_out);
  socket.handshake.step_out = false;
  steps_.erase(steps_.begin() + (&step - steps_.data()));
}

}  // namespace simulation
