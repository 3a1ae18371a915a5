#include "server/auth/password_gate.h"

#include <array>
#include <cstring>
#include <utility>

#include "core/base/invariant.h"

namespace server {
namespace {

// One writer, so no read-modify-write is needed.
void add(std::atomic<std::uint64_t>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

std::string_view bytes_of(const std::size_t& number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

}  // namespace

struct PasswordGate::Place {
  Place(PasswordGate& owner, const Key& its_key, std::size_t of_file, std::string_view of_user)
      : gate(owner),
        key(its_key),
        file(of_file),
        user(of_user),
        request(owner.loop_.inbox(), core::Callback<void()>::to<&Place::on_home>(*this)) {}

  void on_home() { gate.on_home(*this); }  // destroys this

  PasswordGate& gate;
  const Key key;
  const std::size_t file;
  const std::string user;
  PasswordRequest request;
  core::IntrusiveList<Waiter> waiters;
};

PasswordGate::Waiter::~Waiter() {
  if (place_ == nullptr) return;
  unlink();
  place_->gate.on_waiter_left(*place_);
}

PasswordGate::PasswordGate(core::EventLoop& loop, PasswordDesk& desk, UserTables tables)
    : loop_(loop),
      desk_(desk),
      nobody_(UserTable::parse("").table),
      tables_(std::move(tables)),
      digest_(desk.key()),
      sweep_(loop.inbox(), core::Callback<void()>::to<&PasswordGate::on_sweep_home>(*this)) {}

PasswordGate::~PasswordGate() { INVARIANT(idle()); }

const UserTable& PasswordGate::table(std::size_t file) const {
  return tables_.at(file) == nullptr ? *nobody_ : *tables_[file];
}

// For a user who is not there too, who costs the same.
PasswordGate::Stored PasswordGate::look_up(std::size_t file, std::string_view user,
                                           std::string_view password) {
  const UserTable& users = table(file);
  const core::PasswordHash* found = users.find(user);
  const core::PasswordHash& hash = found != nullptr ? *found : users.stand_in(user);
  return {hash, digest_.of({bytes_of(file), user, password, hash.text})};
}

bool PasswordGate::knows(std::size_t file, const Credentials& credentials) {
  const Stored stored = look_up(file, credentials.user, credentials.password);
  if (!successes_.contains(stored.digest, loop_.turn_began())) return false;
  add(counters_.checks);
  add(counters_.cache_hits);
  return true;
}

void PasswordGate::wait_for(std::size_t file, const Credentials& credentials,
                            const core::IpAddress& network, Waiter& waiter) {
  INVARIANT(waiter.place_ == nullptr);
  add(counters_.checks);
  core::IntrusiveList<Waiter> waiters;
  waiters.push_back(waiter);
  join(file, credentials.user, credentials.password, network, waiters);
}

void PasswordGate::join(std::size_t file, std::string_view user, std::string_view password,
                        const core::IpAddress& network, core::IntrusiveList<Waiter>& waiters) {
  const Stored stored = look_up(file, user, password);
  const Key key{stored.digest, network};
  const auto found = places_.find(key);
  if (found == places_.end() && places_.size() >= kRequestsMax) {
    return answer(waiters, {PasswordAnswer::Kind::kBusy, last_retry_after_});
  }
  const bool is_new = found == places_.end();
  Place& place =
      is_new ? *places_.emplace(key, std::make_unique<Place>(*this, key, file, user)).first->second
             : *found->second;
  waiters.for_each([&place](Waiter& waiter) { waiter.place_ = &place; });
  place.waiters.append(waiters);
  if (!is_new) {
    add(counters_.joined);
    place.request.resume();
    return;
  }
  place.request.key = stored.digest;
  place.request.password = password;
  place.request.hash = stored.hash;
  place.request.network = network;
  desk_.send(place.request);
}

void PasswordGate::on_home(Place& place) {
  // Answers may bring the same question again, which is a new one.
  auto owned = std::move(places_.extract(place.key).mapped());
  place.waiters.for_each([](Waiter& waiter) { waiter.place_ = nullptr; });
  judge(*owned);
}

void PasswordGate::judge(Place& place) {
  const PasswordRequest& request = place.request;
  const core::PasswordHash* now = table(place.file).find(place.user);
  const bool counts = now != nullptr && now->text == request.hash.text;
  if (request.verdict == PasswordRequest::Verdict::kRight && counts) {
    successes_.insert(request.key, loop_.turn_began());
  }
  if (place.waiters.empty()) return;
  if (request.verdict == PasswordRequest::Verdict::kRefused) {
    last_retry_after_ = request.retry_after;
    answer(place.waiters, {PasswordAnswer::Kind::kBusy, request.retry_after});
  } else if (request.verdict == PasswordRequest::Verdict::kFailed) {
    answer(place.waiters, {PasswordAnswer::Kind::kFailed});
  } else if (request.verdict != PasswordRequest::Verdict::kDropped && now == nullptr) {
    answer(place.waiters, {PasswordAnswer::Kind::kWrong});
  } else if (request.verdict == PasswordRequest::Verdict::kDropped || !counts) {
    // Somebody came back after it was dropped; or the user has another hash by now.
    join(place.file, place.user, request.password, request.network, place.waiters);
  } else {
    answer(place.waiters,
           {request.verdict == PasswordRequest::Verdict::kRight ? PasswordAnswer::Kind::kRight
                                                                : PasswordAnswer::Kind::kWrong});
  }
}

// Each may end others that wait.
void PasswordGate::answer(core::IntrusiveList<Waiter>& waiters, const PasswordAnswer& answer) {
  while (Waiter* waiter = waiters.pop_front()) {
    if (answer.kind == PasswordAnswer::Kind::kBusy) add(counters_.refused);
    waiter->on_answer(answer);
  }
}

void PasswordGate::use(UserTables tables) {
  INVARIANT(tables.size() == tables_.size());
  tables_ = std::move(tables);
  successes_.clear();
}

void PasswordGate::on_waiter_left(Place& place) {
  if (!place.waiters.empty()) return;
  place.request.abandon();
  if (sweep_out_) {
    sweep_again_ = true;
  } else {
    send_sweep();
  }
}

void PasswordGate::send_sweep() {
  sweep_out_ = true;
  sweep_again_ = false;
  desk_.send(sweep_);
}

void PasswordGate::on_sweep_home() {
  sweep_out_ = false;
  if (sweep_again_) send_sweep();
}

}  // namespace server
