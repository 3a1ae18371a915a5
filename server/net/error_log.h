// ErrorLog: what an operator should know of that a loop met: not what peers do wrong, which is
// counted, but what this machine runs out of. The loop puts the message into its ring; the log's
// writer thread writes it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/log/log_writer.h"

namespace server {

// The end of a loop, or of another thread that looks at something. That thread only.
class ErrorLog {
 public:
  ErrorLog(core::LogWriter& writer, core::LogRing& ring) : writer_(writer), ring_(ring) {}

  // A full ring drops the message and counts it. Whoever may say the same again and again paces
  // itself.
  void say(std::string_view message);

 private:
  core::LogWriter& writer_;
  core::LogRing& ring_;
};

// A message is a line, and more of them when it brings a stack. Writer thread only.
class TextErrorFormatter final : public core::LogFormatter {
 public:
  void format(std::span<const char> record, std::string& out) override;
  void format_dropped(std::uint64_t count, std::string& out) override;
};

}  // namespace server
