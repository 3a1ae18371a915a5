#include "tests/specification/request_stream.h"

#include <utility>

#include "tests/specification/request_head.h"

namespace specification {
namespace {

Message rejected(Violations violations) {
  Message message;
  message.verdict = Verdict::kRejected;
  message.violations = std::move(violations);
  return message;
}

// RFC 9110 10.1.1, where judge_expectations() has found nothing wrong.
bool waits_for_continue(const Head& head) {
  if (head.minor_version == 0) return false;
  for (const std::string& value : head.fields.all("expect")) {
    if (!list_elements(value).empty()) return true;
  }
  return false;
}

void add_body(std::string_view bytes, const Framing& framing, const Limits& limits,
              Message& message) {
  Body body = read_body(bytes, framing, limits);
  message.violations = std::move(body.violations);
  message.content = std::move(body.content);
  if (body.refused) message.verdict = Verdict::kRejected;
  if (!body.complete) return;
  message.verdict = Verdict::kAccepted;
  message.end = message.head_end + body.size;
}

// The message that begins at `begin`.
Message read_message(std::string_view stream, std::size_t begin, const Limits& limits,
                     bool content_wanted) {
  const std::string_view rest = stream.substr(begin);
  if (rest.size() > 1 && rest[0] == '\r') return rejected({{400, "RFC 9112 2.2: a bare CR"}});
  const Section section = read_section(rest, limits.header_bytes);
  Violations violations = section.violations;
  if (!section.complete && !section.lines.empty()) {
    // What is wrong with these lines stays wrong; what is missing may still come.
    (void)read_request_line(section.lines.front(), limits.target_bytes, violations);
    (void)read_fields({section.lines.begin() + 1, section.lines.end()}, limits.header_fields,
                      violations);
  }
  if (section.too_long) {
    // RFC 9110 15.5.15, RFC 6585 5: 414 when it is the request line that does not end.
    violations.push_back({section.lines.empty() ? 414 : 431, "a head over the limit"});
    return rejected(violations);
  }
  Message message;
  if (!section.complete) {
    message.violations = violations;
    return message;
  }
  if (section.lines.empty()) return rejected(violations);  // an empty line, ended by LF alone
  const Head head = read_head(section.lines, limits.header_fields, limits.target_bytes, violations);
  const Framing framing = read_framing(head, limits, violations);
  if (!violations.empty()) return rejected(violations);

  message.head_accepted = true;
  message.method = head.method;
  message.target = head.target;
  message.host = head.host;
  message.path = head.path;
  message.head_end = begin + section.size;
  message.is_last = !persists(head);
  if (framing.has_body() && waits_for_continue(head) && !content_wanted) {
    message.verdict = Verdict::kAccepted;
    message.end = message.head_end;
    message.is_last = true;
    return message;
  }
  add_body(stream.substr(message.head_end), framing, limits, message);
  return message;
}

}  // namespace

std::vector<Message> read_requests(std::string_view stream, const Limits& limits,
                                   bool content_wanted) {
  std::vector<Message> messages;
  for (std::size_t begin = 0;;) {
    // RFC 9112 2.2: empty lines in front of a request line are ignored.
    while (stream.substr(begin).starts_with("\r\n")) begin += 2;
    if (begin == stream.size() || stream.substr(begin) == "\r") return messages;
    messages.push_back(read_message(stream, begin, limits, content_wanted));
    Message& message = messages.back();
    message.begin = begin;
    if (message.verdict != Verdict::kAccepted || message.is_last) return messages;
    begin = message.end;
  }
}

std::string accepted_targets(const std::vector<Message>& messages) {
  std::string targets;
  for (const Message& message : messages) {
    if (message.verdict != Verdict::kAccepted) continue;
    if (!targets.empty()) targets += ' ';
    targets += message.target;
  }
  return targets;
}

}  // namespace specification
