#include "config/sections.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "config/bounds.h"
#include "config/reader.h"
#include "config/suggestion.h"

namespace config {
namespace {

constexpr const char* kLogHelp = "allowed: \"stdout\", \"stderr\", a path with a '/', null";

LogTarget read_target(Report& report, const Member& member, std::string_view base_directory) {
  using Kind = LogTarget::Kind;
  const auto words = kLogKeys.find("access")->shape.words;
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
  } else if (closest(*text, words)) {
    report_word(report, member.value, member.key, *text, words);
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

Limits read_limits(Report& report, const Member* member) {
  Limits limits;
  if (member == nullptr) return limits;
  const ObjectReader reader(report, *member, kLimitsKeys);
  reader.read("header_timeout", limits.header_timeout);
  reader.read("body_timeout", limits.body_timeout);
  reader.read("body_rate", limits.body_rate);
  reader.read("send_timeout", limits.send_timeout);
  reader.read("keepalive_timeout", limits.keepalive_timeout);
  reader.read("header_size", limits.header_size);
  reader.read("header_fields", limits.header_fields);
  reader.read("body_size", limits.body_size);
  reader.read("connections", limits.connections);
  reader.read("connections_per_address", limits.connections_per_address);
  return limits;
}

Drain read_drain(Report& report, const Member* member) {
  Drain drain;
  if (member == nullptr) return drain;
  const ObjectReader reader(report, *member, kDrainKeys);
  reader.read("timeout", drain.timeout);
  reader.read("delay", drain.delay);
  return drain;
}

Lanes read_lanes(Report& report, const Member* member) {
  Lanes lanes;
  if (member == nullptr) return lanes;
  const ObjectReader reader(report, *member, kLanesKeys);
  if (const Member* files = reader.find("files")) {
    const ObjectReader files_reader(report, *files, kFilesLaneKeys);
    files_reader.read("threads", lanes.files.threads);
    files_reader.read("queue", lanes.files.queue);
  }
  if (const Member* tls = reader.find("tls")) {
    const ObjectReader tls_reader(report, *tls, kTlsLaneKeys);
    tls_reader.read("threads", lanes.tls.threads);
    tls_reader.read("queue", lanes.tls.queue);
  }
  if (const Member* auth = reader.find("auth")) {
    const ObjectReader auth_reader(report, *auth, kAuthLaneKeys);
    auth_reader.read("threads", lanes.auth.threads);
    auth_reader.read("queue", lanes.auth.queue);
  }
  return lanes;
}

Log read_log(Report& report, const Member* member, std::string_view base_directory) {
  Log log;
  if (member == nullptr) return log;
  const ObjectReader reader(report, *member, kLogKeys);
  const Member* access = reader.find("access");
  if (access != nullptr) log.access = read_target(report, *access, base_directory);
  reader.read_word("format", log.format);
  return log;
}

}  // namespace config
