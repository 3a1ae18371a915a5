#include "server/net/error_log.h"

#include <algorithm>

namespace server {

void ErrorLog::say(std::string_view message) {
  const std::span<char> room = ring_.try_reserve(message.size());
  if (room.empty()) return;
  std::copy(message.begin(), message.end(), room.begin());
  ring_.commit();
  writer_.notify();
}

void TextErrorFormatter::format(std::span<const char> record, std::string& out) {
  out.append("ouro: ").append(record.data(), record.size()).append("\n");
}

void TextErrorFormatter::format_dropped(std::uint64_t count, std::string& out) {
  out.append("ouro: ").append(std::to_string(count)).append(" messages were lost\n");
}

}  // namespace server
