#include "loadtest/tls_stream.h"

#include "core/base/invariant.h"

namespace loadtest {
namespace {

class Nowhere : public core::ByteSink {
 public:
  void append(std::string_view) override {}
};

}  // namespace

TlsStream::Outcome TlsStream::begin() {
  filter_ = core::TlsFilter::make_client(*plan_.tls, plan_.server_name, session_);
  return filter_->handshake({}, *this);
}

TlsStream::Outcome TlsStream::advance(std::span<const std::byte> records) {
  INVARIANT(filter_ != nullptr);
  if (!filter_->handshake_done()) return filter_->handshake(records, *this);
  filter_->give(records);
  return Outcome::kDone;
}

TlsStream::Outcome TlsStream::open(std::span<char> plain, std::size_t& size) {
  return filter_->open(plain, size, *this);
}

bool TlsStream::seal(std::string_view plain) { return filter_->seal(plain, *this); }

void TlsStream::end() {
  if (filter_ == nullptr) return;
  // OpenSSL lets nobody resume the session of a connection that was not closed. To send it as well
  // would be a system call that no server needs: the answer's length says where that ends.
  Nowhere nowhere;
  filter_->close(nowhere);
  // Where the server gave no new one the old one is still good.
  if (plan_.options.resume && filter_->session() != nullptr) session_ = filter_->session();
  filter_.reset();
}

}  // namespace loadtest
