// The session against the specification. Both read the same stream, once with a handler that wants
// content and once with one that does not; they must see the same messages, byte for byte.
#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "tests/fuzz/properties.h"
#include "tests/fuzz/session_driver.h"
#include "tests/server/http/answer_reader.h"
#include "tests/specification/request_stream.h"

namespace fuzz {
namespace {

using specification::Message;
using specification::Verdict;

// What reached the handler of one message.
struct Received {
  std::string method;
  std::string target;
  std::string host;
  std::string path;
  std::string content;
  std::size_t head_end = 0;
  std::size_t end = 0;  // 0: it has not started
  bool started = false;
  bool content_ended = false;
};

class Sink final : public server::HandlerContext, public server::BodySink {
 public:
  explicit Sink(Received& received) : received_(received) {}
  void on_content(std::span<const std::byte> bytes) override {
    received_.content.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  void on_content_end() override { received_.content_ended = true; }

 private:
  Received& received_;
};

class Recorder final : public server::Handler {
 public:
  explicit Recorder(bool content_wanted) : content_wanted_(content_wanted) {}

  std::deque<Received> received;  // whose elements do not move: sinks point to them

  void open_body(server::Exchange& exchange) override {
    received.push_back(begin(exchange));
    if (!content_wanted_) return;
    auto sink = std::make_unique<Sink>(received.back());
    exchange.body_sink = sink.get();
    exchange.context = std::move(sink);
  }
  void start(server::Exchange& exchange) override {
    if (!exchange.request.has_body) received.push_back(begin(exchange));
    received.back().started = true;
    exchange.response.status = 200;
    exchange.respond();
  }
  void on_taken(std::size_t taken) {
    if (received.empty()) return;
    Received& last = received.back();
    if (last.head_end == 0) last.head_end = taken;
    if (last.started && last.end == 0) last.end = taken;
  }

 private:
  static Received begin(const server::Exchange& exchange) {
    const server::Request& request = exchange.request;
    Received received;
    received.method = request.method_text;
    received.target = request.target_text;
    received.host = request.host;
    received.path = request.path;
    return received;
  }

  const bool content_wanted_;
};

specification::Limits specified(const server::HttpLimits& limits) {
  specification::Limits same;
  same.header_bytes = limits.header_bytes_max;
  same.header_fields = limits.header_fields_max;
  same.body_bytes = limits.body_bytes_max;
  return same;
}

// Where an accepted head was read differently; empty: nowhere.
std::string difference(const Message& message, const Received& received, bool content_wanted) {
  if (message.method != received.method) return "method: " + received.method;
  if (message.target != received.target) return "target: " + received.target;
  if (message.host != received.host) return "host: " + received.host;
  if (message.path != received.path) return "path: " + received.path;
  if (message.head_end != received.head_end) {
    return "head ends at " + std::to_string(received.head_end) + ", should at " +
           std::to_string(message.head_end);
  }
  const bool accepted = message.verdict == Verdict::kAccepted;
  if (received.started != accepted) return accepted ? "not accepted" : "accepted too early";
  if (accepted && message.end != received.end) {
    return "ends at " + std::to_string(received.end) + ", should at " + std::to_string(message.end);
  }
  // What came before a refusal is gone with it, and may be any part of the content.
  if (content_wanted && message.verdict != Verdict::kRejected &&
      message.content != received.content) {
    return "content: " + received.content;
  }
  return "";
}

bool names_status(const Message& message, int status) {
  return std::any_of(
      message.violations.begin(), message.violations.end(),
      [status](const specification::Violation& violation) { return violation.status == status; });
}

std::string reasons(const Message& message) {
  std::string text;
  for (const auto& violation : message.violations) {
    text += " (" + std::to_string(violation.status) + " " + violation.rule + ")";
  }
  return text;
}

// The last message decides in which state the session is now.
std::string ending_problem(const std::vector<Message>& messages, const SessionDriver& driver,
                           const http_test::Answers& answers) {
  const auto accepted = static_cast<std::size_t>(
      std::count_if(messages.begin(), messages.end(),
                    [](const Message& one) { return one.verdict == Verdict::kAccepted; }));
  const server::Http1Session& session = driver.session();
  const bool refused = answers.list.size() > accepted;
  if (answers.list.size() > accepted + 1) return "too many answers";
  if (answers.list.size() < accepted) return "too few answers";
  if (messages.empty() || messages.back().verdict == Verdict::kAccepted) {
    if (refused) return "an answer to nothing";
    const bool is_last = !messages.empty() && messages.back().is_last;
    if (session.finished() != is_last) return is_last ? "not finished" : "finished";
    return session.quiescent() == is_last ? "quiescent is wrong" : "";
  }
  const Message& last = messages.back();
  if (refused) {
    const int status = answers.list.back().status;
    if (!names_status(last, status)) {
      return "refused with " + std::to_string(status) + ", not" + reasons(last);
    }
    return session.finished() && session.must_linger() ? "" : "refused and goes on";
  }
  if (last.verdict == Verdict::kRejected) return "not refused" + reasons(last);
  return session.finished() || !session.wants_input() ? "does not wait for the rest" : "";
}

std::string compare(std::string_view stream, const server::HttpLimits& limits,
                    bool content_wanted) {
  Recorder recorder(content_wanted);
  SessionDriver driver(limits, recorder);
  driver.on_taken = [&recorder](std::size_t taken) { recorder.on_taken(taken); };
  driver.send(stream);
  if (!driver.problem().empty()) return driver.problem();

  const std::vector<Message> messages =
      specification::read_requests(stream, specified(limits), content_wanted);
  std::size_t index = 0;
  for (const Message& message : messages) {
    if (!message.head_accepted) continue;
    // Of a body that is refused at once the handler has seen nothing, or its head.
    if (index == recorder.received.size()) return "not seen: " + message.target;
    const std::string found = difference(message, recorder.received[index++], content_wanted);
    if (!found.empty()) return message.method + " " + message.target + ": " + found;
  }
  if (index < recorder.received.size()) return "smuggled: " + recorder.received[index].target;

  // RFC 9110 9.3.2: no content for HEAD, whatever else is wrong with it.
  std::vector<std::size_t> to_head;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (stream.substr(messages[i].begin).starts_with("HEAD ")) to_head.push_back(i);
  }
  const http_test::Answers answers =
      http_test::read_answers(http_test::without_continue(driver.output()), to_head);
  if (!answers.problem.empty()) return answers.problem;
  return ending_problem(messages, driver, answers);
}

std::string compare_both(std::string_view stream, const server::HttpLimits& limits) {
  for (const bool content_wanted : {true, false}) {
    const std::string problem = compare(stream, limits, content_wanted);
    if (!problem.empty()) return (content_wanted ? "with a sink: " : "without: ") + problem;
  }
  return "";
}

}  // namespace

std::string differential_problem(std::string_view stream) {
  return compare_both(stream, small_limits());
}

std::string long_head_problem(std::string_view stream) {
  server::HttpLimits limits = small_limits();
  limits.header_bytes_max = 2 * server::HttpLimits::kTargetBytesMax;
  return compare_both(stream, limits);
}

}  // namespace fuzz
