#include "tests/server/auth/auth_office.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <utility>

#include "core/password/password_hasher.h"

namespace auth_test {
namespace {

constexpr unsigned kCost = 4;

// epoll that never waits, with a clock of the test's.
class ScriptedBackend final : public core::Backend {
 public:
  ScriptedBackend(std::unique_ptr<core::Backend> backend, const core::TimePoint& now)
      : backend_(std::move(backend)), now_(now) {}
  void start(core::Operation& operation) override { backend_->start(operation); }
  void cancel(core::Operation& operation) override { backend_->cancel(operation); }
  void wait(core::Duration, core::CompletionQueue& completions) override {
    backend_->wait(core::Duration::zero(), completions);
  }
  [[nodiscard]] std::string_view name() const override { return backend_->name(); }
  [[nodiscard]] core::TimePoint now() const override { return now_; }

 private:
  const std::unique_ptr<core::Backend> backend_;
  const core::TimePoint& now_;
};

}  // namespace

bool ScriptedWorkers::try_run_oldest() {
  if (jobs_.empty() || woken_ == 0) return false;
  --woken_;
  core::Job* job = jobs_.front();
  jobs_.pop_front();
  if (std::exchange(fails_next, false)) {
    job->fail();
  } else {
    job->perform();
  }
  job->deliver();
  return true;
}

std::string user_line(const std::string& user, const std::string& password) {
  static std::map<std::string, std::string> hashes;
  std::string& hash = hashes[password];
  if (hash.empty()) hash = core::PasswordHasher().hash(password, kCost);
  return user + ":" + hash;
}

std::string other_line(const std::string& user, const std::string& password) {
  return user + ":" + core::PasswordHasher().hash(password, kCost);
}

std::shared_ptr<const server::UserTable> users(std::initializer_list<std::string> lines) {
  std::string text;
  for (const std::string& line : lines) text.append(line).append("\n");
  auto parsed = server::UserTable::parse(text);
  REQUIRE(parsed.mistakes.empty());
  return parsed.table;
}

server::Credentials credentials(std::string_view user, std::string_view password) {
  server::Credentials credentials;
  credentials.user = user;
  credentials.password = password;
  return credentials;
}

core::IpAddress client(unsigned number) {
  core::IpAddress network{};
  network[0] = 0x20;
  network[6] = static_cast<std::uint8_t>(number >> 8U);
  network[7] = static_cast<std::uint8_t>(number);
  return network;
}

std::string Asker::answer() const {
  if (!answer_) return "";
  switch (answer_->kind) {
    case server::PasswordAnswer::Kind::kRight:
      return "right";
    case server::PasswordAnswer::Kind::kWrong:
      return "wrong";
    case server::PasswordAnswer::Kind::kFailed:
      return "failed";
    case server::PasswordAnswer::Kind::kBusy:
      break;
  }
  return "busy " + std::to_string(answer_->retry_after.count());
}

AuthOffice::AuthOffice(const Options& options) {
  for (std::size_t i = 0; i <= options.gates; ++i) add_loop();
  desk_ = std::make_unique<server::PasswordDesk>(desk_loop(), workers_, options.desk);
  for (std::size_t i = 0; i < options.gates; ++i) {
    gates_.push_back(std::make_unique<server::PasswordGate>(
        loop(i), *desk_, server::UserTables{options.users, users({})}));
  }
}

AuthOffice::~AuthOffice() {
  run_hashes();
  for (const auto& gate : gates_) CHECK(gate->idle());
  CHECK(desk_->idle());
}

void AuthOffice::add_loop() {
  const auto make =
      [this](core::BufferPool& buffers) -> core::Result<std::unique_ptr<core::Backend>> {
    auto backend = core::make_epoll_backend(buffers);
    if (!backend) return core::unexpected(backend.error());
    return std::make_unique<ScriptedBackend>(std::move(*backend), now_);
  };
  auto loop = core::EventLoop::create(core::EventLoop::MakeBackend(make));
  REQUIRE(loop.has_value());
  loops_.push_back(std::move(*loop));
}

void AuthOffice::settle() {
  const auto idle = [](const auto& loop) { return loop->idle(); };
  do {
    for (const auto& loop : loops_) loop->turn();
  } while (!std::all_of(loops_.begin(), loops_.end(), idle));
}

void AuthOffice::run_hash() {
  settle();
  REQUIRE(workers_.try_run_oldest());
  settle();
}

std::size_t AuthOffice::run_hashes() {
  std::size_t count = 0;
  for (settle(); workers_.try_run_oldest(); settle()) ++count;
  return count;
}

void AuthOffice::skip(core::Duration time) {
  now_ += time;
  settle();
  now_ += core::TimerWheel::kTick;  // timers are late by that much
  settle();
}

void AuthOffice::change_users(const std::shared_ptr<const server::UserTable>& users) {
  for (const auto& gate : gates_) gate->use({users, auth_test::users({})});
  desk_->forget_successes();
}

std::unique_ptr<Asker> AuthOffice::ask(std::string_view user, std::string_view password,
                                       unsigned from_client, std::size_t gate, std::size_t file) {
  auto asker = std::make_unique<Asker>();
  gates_[gate]->wait_for(file, credentials(user, password), client(from_client), *asker);
  return asker;
}

bool AuthOffice::knows(std::string_view user, std::string_view password, std::size_t gate,
                       std::size_t file) {
  return gates_[gate]->knows(file, credentials(user, password));
}

}  // namespace auth_test
