// AccessLog: one line for each exchange. The loop writes a compact record into its ring; the log's
// writer thread makes JSON of it. Credentials never get here: of the request's fields only
// User-Agent and Referer are recorded.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/log/log_writer.h"
#include "server/http/exchange.h"

namespace server {

// One loop's end. Loop thread only.
class AccessLog {
 public:
  AccessLog(core::LogWriter& writer, core::LogRing& ring, std::uint32_t loop_index)
      : writer_(writer), ring_(ring), loop_index_(loop_index) {}

  // `client` is the address of who asked, `peer` that of who is connected: recorded when it is
  // another. A full ring drops the record and counts it.
  void record(const Exchange& exchange, std::string_view client, bool aborted,
              std::string_view peer = {});

 private:
  core::LogWriter& writer_;
  core::LogRing& ring_;
  const std::uint32_t loop_index_;
};

// Records to JSON lines (RFC 8259, one object a line). Writer thread only.
class JsonAccessFormatter final : public core::LogFormatter {
 public:
  void format(std::span<const char> record, std::string& out) override;
  void format_dropped(std::uint64_t count, std::string& out) override;
};

}  // namespace server
