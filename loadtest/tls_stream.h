// TlsStream: the client's TLS of one load connection, begun anew each time that opens. Its records
// go to the connection's OutputQueue. Handshakes are done at once: the loop has nothing better to
// do. Loop thread only; owned by its LoadConnection, as the queue is. A failure is an Outcome, and
// failure() has the words for it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/io/output_queue.h"
#include "core/tls/byte_sink.h"
#include "core/tls/tls_filter.h"
#include "loadtest/plan.h"

namespace loadtest {

class TlsStream : private core::ByteSink {
 public:
  using Outcome = core::TlsFilter::Outcome;

  // plan.tls is not null.
  TlsStream(const Plan& plan, core::OutputQueue& output) : plan_(plan), output_(output) {}

  // The client's first flight. With --resume it offers what the connection before got.
  [[nodiscard]] Outcome begin();
  // A step of the handshake, and after it the records to open next; what lies behind the handshake
  // is kept. `records` must stay until open() wants more.
  [[nodiscard]] Outcome advance(std::span<const std::byte> records);
  [[nodiscard]] Outcome open(std::span<char> plain, std::size_t& size);
  // False: failed for good.
  [[nodiscard]] bool seal(std::string_view plain);
  // The connection is over; nothing of it is sent any more.
  void end();

  // From begin() to end().
  [[nodiscard]] const core::TlsFilter& filter() const { return *filter_; }

 private:
  void append(std::string_view bytes) override { output_.append(bytes); }

  const Plan& plan_;
  core::OutputQueue& output_;
  std::unique_ptr<core::TlsFilter> filter_;
  std::shared_ptr<const core::TlsSession> session_;
};

}  // namespace loadtest
