#include "server/net/handshake_job.h"

#include <span>

namespace server {

void HandshakeJob::run() {
  to_free_.clear();
  if (left_.load(std::memory_order_relaxed)) return;
  if (filter_ == nullptr) filter_ = core::TlsFilter::make_server(context_);
  outcome_ = filter_->handshake(std::as_bytes(std::span(input_)), output_);
  input_.erase(0, input_.size() - filter_->unread().size());
}

}  // namespace server
