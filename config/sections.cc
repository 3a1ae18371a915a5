#include "config/sections.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>

#include "config/bounds.h"
#include "config/reader.h"
#include "config/suggestion.h"

namespace config {
namespace {

constexpr std::array<std::string_view, 10> kLimitsKeys = {
    "header_timeout", "body_timeout",  "body_rate", "send_timeout", "keepalive_timeout",
    "header_size",    "header_fields", "body_size", "connections",  "connections_per_address"};
constexpr std::array<std::string_view, 1> kDrainKeys = {"timeout"};
constexpr std::array<std::string_view, 1> kLogKeys = {"access"};
constexpr std::array<std::string_view, 1> kLoopsWords = {"auto"};
constexpr std::array<std::string_view, 3> kEngineWords = {"auto", "io_uring", "epoll"};
constexpr std::array<std::string_view, 2> kLogWords = {"stdout", "stderr"};

constexpr const char* kLogHelp = "allowed: \"stdout\", \"stderr\", a path with a '/', null";

// null takes a limit away.
bool clears(const Member* member, std::size_t& limit) {
  if (member == nullptr || member->value.kind != Node::Kind::kNull) return false;
  limit = 0;
  return true;
}

LogTarget read_target(Report& report, const Member& member, std::string_view base_directory) {
  using Kind = LogTarget::Kind;
  if (member.value.kind == Node::Kind::kNull) return {Kind::kNone, {}};
  const auto text = read_string(report, member.value, member.key,
                                "allowed: \"stdout\", \"stderr\", a path, null");
  if (!text) return {};
  if (*text == "stdout") return {Kind::kStdout, {}};
  if (*text == "stderr") return {Kind::kStderr, {}};
  if (text->ends_with('/')) {
    report.error(member.value.span, fmt::format("{} is a directory", quote(*text)));
  } else if (text->find('/') != std::string::npos) {
    return {Kind::kFile, resolve_path(*text, base_directory)};
  } else if (closest(*text, kLogWords)) {
    report_word(report, member.value, member.key, *text, kLogWords);
  } else {
    const std::string as_file = fmt::format("a file is written {}", quote("./" + *text));
    report.error(member.value.span,
                 fmt::format("{} is not a valid value for {}", quote(*text), member.key),
                 text->empty() ? kLogHelp : as_file);
  }
  return {};
}

}  // namespace

void check_version(Report& report, const Member* member) {
  if (member == nullptr) return;
  const Node& node = member->value;
  const auto version = read_integer(report, node, member->key, fmt::format("write {}", kVersion));
  if (version && *version != kVersion) {
    report.error(node.span, fmt::format("version {} is not known", *version),
                 fmt::format("this ouro reads version {}", kVersion));
  }
}

std::size_t read_loops(Report& report, const Member* member) {
  std::size_t loops = 0;
  if (member == nullptr) return loops;
  const Node::Kind kind = member->value.kind;
  const std::string& text = member->value.string;
  const bool is_number = member->value.has_variable && !text.empty() && text[0] <= '9';
  if (kind == Node::Kind::kString && !is_number) {
    const auto word = read_string(report, member->value, member->key);
    if (word && *word != kLoopsWords[0])
      report_word(report, member->value, member->key, *word, kLoopsWords);
  } else if (kind == Node::Kind::kInteger || is_number) {
    read_count(report, member, kLoopsBounds, loops);
  } else {
    report_kind(report, member->value, member->key, "a whole number or \"auto\"");
  }
  return loops;
}

Engine read_engine(Report& report, const Member* member) {
  if (member == nullptr) return Engine::kAuto;
  const auto word =
      read_string(report, member->value, member->key, suggestion_help({}, kEngineWords));
  if (!word || *word == "auto") return Engine::kAuto;
  if (*word == "io_uring") return Engine::kIoUring;
  if (*word == "epoll") return Engine::kEpoll;
  report_word(report, member->value, member->key, *word, kEngineWords);
  return Engine::kAuto;
}

Limits read_limits(Report& report, const Member* member) {
  Limits limits;
  if (member == nullptr) return limits;
  const ObjectReader reader(report, *member, kLimitsKeys);
  read_duration(report, reader.find("header_timeout"), kTimeoutBounds, limits.header_timeout);
  read_duration(report, reader.find("body_timeout"), kTimeoutBounds, limits.body_timeout);
  if (!clears(reader.find("body_rate"), limits.body_rate)) {
    read_byte_rate(report, reader.find("body_rate"), kBodyRateBounds, limits.body_rate,
                   "null for no minimum");
  }
  read_duration(report, reader.find("send_timeout"), kTimeoutBounds, limits.send_timeout);
  read_duration(report, reader.find("keepalive_timeout"), kTimeoutBounds, limits.keepalive_timeout);
  read_size(report, reader.find("header_size"), kHeaderSizeBounds, limits.header_size);
  read_count(report, reader.find("header_fields"), kHeaderFieldsBounds, limits.header_fields);
  read_size(report, reader.find("body_size"), kBodySizeBounds, limits.body_size);
  read_count(report, reader.find("connections"), kConnectionsBounds, limits.connections);
  const Member* per_address = reader.find("connections_per_address");
  if (!clears(per_address, limits.connections_per_address)) {
    read_count(report, per_address, kConnectionsBounds, limits.connections_per_address,
               "null for no limit");
  }
  return limits;
}

Drain read_drain(Report& report, const Member* member) {
  Drain drain;
  if (member == nullptr) return drain;
  const ObjectReader reader(report, *member, kDrainKeys);
  read_duration(report, reader.find("timeout"), kDrainTimeoutBounds, drain.timeout);
  return drain;
}

Log read_log(Report& report, const Member* member, std::string_view base_directory) {
  Log log;
  if (member == nullptr) return log;
  const ObjectReader reader(report, *member, kLogKeys);
  const Member* access = reader.find("access");
  if (access != nullptr) log.access = read_target(report, *access, base_directory);
  return log;
}

}  // namespace config
