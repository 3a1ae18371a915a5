#include "tests/simulation/simulated_workers.h"

#include <utility>

#include "server/auth/password_job.h"
#include "server/net/handshake_job.h"
#include "server/net/sendfile_job.h"
#include "tests/simulation/tls_contexts.h"

namespace simulation {
namespace {

// -1 when the job uses none.
int socket_of(core::Job& job) {
  const auto* slice = dynamic_cast<const server::SendfileJob*>(&job);
  return slice == nullptr ? -1 : slice->socket();
}

// Null when the job is no step of a handshake.
const server::HandshakeJob* step_in(const core::Job& job) {
  return dynamic_cast<const server::HandshakeJob*>(&job);
}

// Null when the job checks no password.
const server::PasswordJob* check_in(const core::Job& job) {
  return dynamic_cast<const server::PasswordJob*>(&job);
}

core::Job* take(std::vector<core::Job*>& jobs, std::size_t index) {
  core::Job* job = jobs[index];
  std::swap(jobs[index], jobs.back());
  jobs.pop_back();
  return job;
}

}  // namespace

bool SimulatedWorkers::try_submit(core::Job& job, core::Inbox& home, core::JobQueue& queue) {
  if (random_.chance(mood_.refusal)) {
    if (const auto* step = step_in(job)) watch_.on_refused(*step);
    return false;
  }
  submit(job, home, queue);
  return true;
}

// Chance runs jobs in any order: whose they are makes no difference.
void SimulatedWorkers::submit(core::Job& job, core::Inbox& home, core::JobQueue& /*queue*/) {
  job.set_home(home);
  if (const int fd = socket_of(job); fd >= 0) kernel_.lend(fd);
  if (const auto* step = step_in(job)) watch_.on_submitted(*step);
  if (const auto* check = check_in(job)) {
    passwords_->watch.on_submitted(*check, passwords_->desk.now());
  }
  waiting_.push_back(&job);
}

void SimulatedWorkers::wake(std::size_t) { woken_ = true; }

void SimulatedWorkers::step() {
  while (woken_ && !waiting_.empty() && random_.chance(mood_.readiness)) {
    core::Job* job = take(waiting_, random_.below(waiting_.size()));
    run(*job);
    done_.push_back(job);
  }
  if (waiting_.empty()) woken_ = false;
  while (!done_.empty() && random_.chance(mood_.readiness)) {
    core::Job* job = take(done_, random_.below(done_.size()));
    if (const int fd = socket_of(*job); fd >= 0) kernel_.take_back(fd);
    if (const auto* step = step_in(*job)) watch_.on_home(*step);
    if (const auto* check = check_in(*job)) {
      passwords_->watch.on_home(*check, passwords_->desk.now());
    }
    job->deliver();
  }
}

void SimulatedWorkers::run(core::Job& job) {
  const WorkerAtWork guard;
  const auto* step = step_in(job);
  if (step != nullptr) watch_.before_run(*step);
  if (mood_.failure > 0 && random_.chance(mood_.failure)) {
    job.fail();  // as perform() does
  } else {
    job.perform();
  }
  if (step != nullptr) watch_.after_run(*step);
}

}  // namespace simulation
