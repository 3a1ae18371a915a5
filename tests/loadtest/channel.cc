#include "tests/loadtest/channel.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <span>
#include <utility>
#include <vector>

#include "core/tls/identity.h"
#include "core/tls/ticket_keys.h"

namespace test {

using Outcome = core::TlsFilter::Outcome;

std::shared_ptr<const core::TlsServerContext> tls_server(core::TlsVersion min_version) {
  const std::vector<std::string> names{"127.0.0.1"};
  const auto identity =
      core::TlsIdentity::self_signed(names, core::KeyKind::kEcdsaP256, std::chrono::days(1));
  REQUIRE(identity);
  core::TlsEntry entry;
  entry.identities = {*identity};
  core::TlsServerOptions options;
  options.min_version = min_version;
  options.ticket_keys = core::TicketKeys::rotating();
  auto context = core::TlsServerContext::build({std::move(entry)}, std::move(options));
  REQUIRE(context);
  return *context;
}

Channel::Channel(int fd, std::shared_ptr<const core::TlsServerContext> context) : fd_(fd) {
  if (context != nullptr) filter_ = core::TlsFilter::make_server(std::move(context));
}

bool Channel::begin() {
  if (filter_ == nullptr) return true;
  std::array<std::byte, 4096> buffer{};
  for (;;) {
    const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (size <= 0) return false;
    const std::span<const std::byte> records(buffer.data(), static_cast<std::size_t>(size));
    const Outcome outcome = filter_->handshake(records, *this);
    if (outcome == Outcome::kDone) return sends_ && open_all(early_);
    if (outcome != Outcome::kWantsInput) return false;
  }
}

bool Channel::receive(std::string& received) {
  if (!early_.empty()) {
    received += std::exchange(early_, {});
    return true;
  }
  std::array<std::byte, 4096> buffer{};
  const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  const std::span<const std::byte> bytes(buffer.data(), static_cast<std::size_t>(size));
  if (filter_ == nullptr) {
    received.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return true;
  }
  filter_->give(bytes);
  return open_all(received);
}

bool Channel::open_all(std::string& received) {
  std::array<char, 4096> plain{};
  for (;;) {
    std::size_t size = 0;
    const Outcome outcome = filter_->open(plain, size, *this);
    if (outcome != Outcome::kDone) return outcome == Outcome::kWantsInput;
    received.append(plain.data(), size);
  }
}

bool Channel::send(std::string_view bytes) {
  if (filter_ == nullptr) {
    append(bytes);
    return sends_;
  }
  return filter_->seal(bytes, *this) && sends_;
}

void Channel::close() {
  if (filter_ != nullptr) filter_->close(*this);
  static_cast<void>(::shutdown(fd_, SHUT_RDWR));
}

void Channel::append(std::string_view bytes) {
  while (sends_ && !bytes.empty()) {
    const ssize_t size = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    sends_ = size > 0;
    if (sends_) bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

}  // namespace test
