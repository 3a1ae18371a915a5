#include "server/net/access_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <ctime>
#include <iterator>
#include <limits>

#include "core/base/clock.h"
#include "core/base/invariant.h"

namespace server {
namespace {

// A hostile target or User-Agent must not fill the ring by itself.
constexpr std::size_t kTextBytesMax = 1024;

enum Text : std::size_t {
  kClient,
  kPeer,
  kMethod,
  kHost,
  kTarget,
  kUserAgent,
  kReferer,
  kTls,
  kClientSubject,
  kUser,
  kTextCount
};

// Of StageTimes.
constexpr std::array<std::string_view, 4> kStages{"queue", "lane", "work", "send"};

// What goes through the ring: this, then the texts one after the other.
struct Record {
  std::int64_t time_nanoseconds = 0;  // since the epoch, when the exchange ended
  std::int64_t total_nanoseconds = 0;
  std::uint64_t body_bytes = 0;
  std::array<std::uint32_t, kStages.size()> stage_microseconds{};  // unless unknown
  std::uint32_t loop = 0;
  std::uint16_t status = 0;
  std::uint8_t minor_version = 0;
  bool aborted = false;
  bool stages_known = false;
  std::array<std::uint16_t, kTextCount> sizes{};
};

// Beyond an hour it does not matter how long.
std::uint32_t microseconds(core::Duration duration) {
  const auto count = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(count, 0, std::numeric_limits<std::uint32_t>::max()));
}

std::string_view value_of(const Request& request, std::string_view name) {
  const Field* field = request.fields.find(name);
  return field == nullptr ? std::string_view() : field->value;
}

std::int64_t wall_clock_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// The length of the UTF-8 sequence that `text` starts with, 0 when there is none (RFC 3629 4).
std::size_t utf8_size(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t size = first >= 0xC2 && first <= 0xDF   ? 2
                           : first >= 0xE0 && first <= 0xEF ? 3
                           : first >= 0xF0 && first <= 0xF4 ? 4
                                                            : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  const unsigned char second = byte(1);
  const bool bad = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                   (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return bad ? 0 : size;
}

// The size of the character at the front; 0 for a control character and for what is not UTF-8.
std::size_t readable_size(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text.front());
  if (byte < 0x20 || byte == 0x7F) return 0;
  return byte < 0x80 ? 1 : utf8_size(text);
}

// RFC 8259 7. What is not UTF-8 is taken as Latin-1, so that nothing is lost and the line stays
// valid.
void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    const std::size_t size = readable_size(text);
    if (size > 0) {
      if (byte == '"' || byte == '\\') out += '\\';
      out += text.substr(0, size);
    } else {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    }
    text.remove_prefix(std::max(size, std::size_t{1}));
  }
  out += '"';
}

// RFC 3339, UTC, milliseconds.
void append_time(std::string& out, std::int64_t nanoseconds) {
  const std::time_t seconds = nanoseconds / 1'000'000'000;
  tm parts{};
  gmtime_r(&seconds, &parts);
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                 parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                 parts.tm_sec, nanoseconds / 1'000'000 % 1000);
}

}  // namespace

void AccessLog::record(const Exchange& exchange, std::string_view client, bool aborted,
                       std::string_view peer) {
  const Request& request = exchange.request;
  std::string_view version;
  std::string_view client_subject;
  if (const TlsFacts* tls = exchange.connection->tls) {
    version = tls->version;
    client_subject = tls->client_subject;
  }
  std::array<std::string_view, kTextCount> texts{client,
                                                 peer == client ? std::string_view() : peer,
                                                 request.method_text,
                                                 request.host,
                                                 request.target_text,
                                                 value_of(request, "User-Agent"),
                                                 value_of(request, "Referer"),
                                                 version,
                                                 client_subject,
                                                 exchange.user};
  Record record;
  record.time_nanoseconds = wall_clock_nanoseconds();
  const core::TimePoint now = core::Clock::now();
  record.total_nanoseconds = std::chrono::nanoseconds(now - exchange.began).count();
  const StageTimes& stages = exchange.stages;
  record.stages_known = stages.known();
  if (record.stages_known) {
    record.stage_microseconds = {microseconds(stages.queue(exchange.began)),
                                 microseconds(stages.lane()), microseconds(stages.work()),
                                 microseconds(stages.send(now))};
  }
  record.body_bytes = exchange.body_bytes_sent;
  record.loop = loop_index_;
  record.status = static_cast<std::uint16_t>(exchange.response.status);
  record.minor_version = static_cast<std::uint8_t>(request.minor_version);
  record.aborted = aborted;
  std::size_t size = sizeof record;
  for (std::size_t i = 0; i < kTextCount; ++i) {
    texts[i] = texts[i].substr(0, kTextBytesMax);
    record.sizes[i] = static_cast<std::uint16_t>(texts[i].size());
    size += texts[i].size();
  }
  const std::span<char> room = ring_.try_reserve(size);
  if (room.empty()) return;
  std::memcpy(room.data(), &record, sizeof record);
  char* out = room.data() + sizeof record;
  for (const std::string_view text : texts) out = std::copy(text.begin(), text.end(), out);
  ring_.commit();
  writer_.notify();
}

void JsonAccessFormatter::format(std::span<const char> bytes, std::string& out) {
  Record record;
  INVARIANT(bytes.size() >= sizeof record);
  std::memcpy(&record, bytes.data(), sizeof record);
  std::string_view rest(bytes.data() + sizeof record, bytes.size() - sizeof record);
  const auto add = [&](std::string_view name, Text which) {
    const std::string_view text = rest.substr(0, record.sizes[which]);
    rest.remove_prefix(text.size());
    if (text.empty() && (which >= kUserAgent || which == kPeer)) return;
    fmt::format_to(std::back_inserter(out), ",\"{}\":", name);
    append_json_string(out, text);
  };
  out += "{\"time\":\"";
  append_time(out, record.time_nanoseconds);
  out += '"';
  add("client", kClient);
  add("peer", kPeer);
  add("method", kMethod);
  add("host", kHost);
  add("target", kTarget);
  fmt::format_to(std::back_inserter(out),
                 ",\"protocol\":\"HTTP/1.{}\",\"status\":{},\"bytes\":{},\"total_us\":{}",
                 record.minor_version, record.status, record.body_bytes,
                 record.total_nanoseconds / 1000);
  for (std::size_t i = 0; record.stages_known && i < kStages.size(); ++i) {
    fmt::format_to(std::back_inserter(out), ",\"{}_us\":{}", kStages[i],
                   record.stage_microseconds[i]);
  }
  fmt::format_to(std::back_inserter(out), ",\"loop\":{}", record.loop);
  if (record.aborted) out += ",\"aborted\":true";
  add("user_agent", kUserAgent);
  add("referer", kReferer);
  add("tls", kTls);
  add("client_subject", kClientSubject);
  add("user", kUser);
  out += "}\n";
}

void JsonAccessFormatter::format_dropped(std::uint64_t count, std::string& out) {
  out += "{\"time\":\"";
  append_time(out, wall_clock_nanoseconds());
  fmt::format_to(std::back_inserter(out), "\",\"dropped_records\":{}}}\n", count);
}

}  // namespace server
