// Conversations. A script is what the client sends, byte for byte, but for '^' and the character
// behind it, which is something that happens between bytes:
//
//   ^|  a piece ends here            ^a  the handler of /late answers
//   ^p  sinks have no room any more  ^r  they have again
//   ^f  the socket has no room       ^w  it has again
//   ^t  a second passes              ^T  thirty seconds pass
//   ^e  the client sends no more     ^x  the connection breaks
//   ^d  the server drains            ^^  a '^'
//
// The same script is run as it is cut, in one piece between events, and byte by byte.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/fuzz/properties.h"
#include "tests/fuzz/scripted_handler.h"
#include "tests/fuzz/session_driver.h"
#include "tests/server/http/answer_reader.h"

namespace fuzz {
namespace {

enum class Cutting { kAsWritten, kWhole, kBytes };

// All that can be seen from outside.
struct Observation {
  std::string output;
  std::string events;
  std::string ended;
  bool lost = false;
  bool finished = false;
  bool must_linger = false;
  bool quiescent = false;

  bool operator==(const Observation&) const = default;
};

class Conversation {
 public:
  explicit Conversation(Cutting cutting) : cutting_(cutting), driver_(small_limits(), handler_) {
    if (cutting == Cutting::kBytes) driver_.next_cut = [](std::size_t) { return std::size_t{1}; };
    driver_.on_stuck = [this] { return handler_.make_room(); };
  }

  void play(std::string_view script) {
    for (std::size_t i = 0; i < script.size() && driver_.problem().empty(); ++i) {
      const bool event = script[i] == '^' && i + 1 < script.size();
      if (event) ++i;
      if (!event || script[i] == '^') {
        unsent_ += script[i];
      } else {
        happen(script[i]);
      }
    }
    send();
  }

  // Nothing holds the session up any more, so it must have said everything that it has to say.
  void settle() {
    driver_.socket_is_full = false;
    handler_.sinks_are_full = false;
    do {
      driver_.pump();
    } while (handler_.answer_late());
    driver_.pump();
  }

  [[nodiscard]] Observation observe() const {
    Observation seen;
    seen.output = http_test::without_dates(driver_.output());
    seen.events = handler_.events();
    for (const EndedExchange& one : driver_.ended()) {
      seen.ended += one.target + " " + std::to_string(one.status) + (one.aborted ? "!;" : ";");
    }
    seen.lost = driver_.lost();
    if (seen.lost) return seen;
    seen.finished = driver_.session().finished();
    seen.must_linger = driver_.session().must_linger();
    seen.quiescent = driver_.session().quiescent();
    return seen;
  }

  // To be asked once it has settled; ends the conversation.
  std::string problem() {
    if (!driver_.problem().empty()) return driver_.problem();
    std::string found = output_problem();
    if (found.empty() && !driver_.lost()) found = waiting_problem();
    driver_.lose();
    if (found.empty() && handler_.alive() != 0) found = "a handler's context outlives its session";
    return found;
  }

 private:
  void happen(char event) {
    if (event == '|') {
      if (cutting_ == Cutting::kAsWritten) send();
      return;
    }
    send();
    switch (event) {
      case 'a':
        handler_.answer_late();
        break;
      case 'p':
      case 'r':
        handler_.sinks_are_full = event == 'p';
        break;
      case 'f':
      case 'w':
        driver_.socket_is_full = event == 'f';
        break;
      case 't':
        driver_.pass(std::chrono::seconds(1));
        break;
      case 'T':
        driver_.pass(std::chrono::seconds(30));
        break;
      case 'e':
        driver_.end_input();
        break;
      case 'x':
        driver_.lose();
        break;
      case 'd':
        driver_.drain();
        drained_ = true;
        break;
      default:
        break;
    }
    driver_.pump();
  }

  void send() {
    driver_.send(unsent_);
    unsent_.clear();
  }

  [[nodiscard]] std::string output_problem() const;
  [[nodiscard]] std::string waiting_problem();

  const Cutting cutting_;
  ScriptedHandler handler_;
  SessionDriver driver_;
  std::string unsent_;
  bool drained_ = false;
};

// Whole answers, one for each exchange that ended with one, in order.
std::string Conversation::output_problem() const {
  std::vector<EndedExchange> answered;
  std::vector<std::size_t> to_head;
  for (const EndedExchange& one : driver_.ended()) {
    if (one.aborted) continue;
    if (one.to_head) to_head.push_back(answered.size());
    answered.push_back(one);
  }
  const http_test::Answers answers =
      http_test::read_answers(http_test::without_continue(driver_.output()), to_head);
  if (!answers.problem.empty()) return answers.problem;
  // What stood in the queue when the connection broke was handed on, but never sent.
  if (answers.list.size() > answered.size()) return "more answers than exchanges";
  if (answers.list.size() < answered.size() && !driver_.lost()) return "an answer is missing";
  for (std::size_t i = 0; i < answers.list.size(); ++i) {
    if (answers.list[i].status != answered[i].status) return "answers out of order";
    const bool last = i + 1 == answered.size();
    if (!last && answers.list[i].closes()) return "an exchange behind one that closes";
    if (last && answers.list[i].closes() && !driver_.lost() && !driver_.session().finished()) {
      return "it says close and goes on";
    }
  }
  return "";
}

// A session waits for its client and for nobody else, and not for ever.
std::string Conversation::waiting_problem() {
  const server::Http1Session& session = driver_.session();
  if (driver_.input_end_told() && !session.finished()) return "it waits for a client that has left";
  if (drained_ && session.quiescent()) return "it is drained and waits for a request";
  for (int round = 0; round < 3 && !session.finished(); ++round) {
    if (!session.wants_input()) return "it is stuck";
    if (driver_.input_left()) return "it leaves input";
    if (session.deadline() == core::kNever) return "it waits for ever";
    driver_.pass_until_deadline();
    driver_.pump();
  }
  if (!session.finished()) return "time does not end it";
  if (session.deadline() != core::kNever) return "it is finished and has a deadline";
  return output_problem();
}

Observation observation_of(std::string_view script, Cutting cutting, std::string& problem) {
  Conversation conversation(cutting);
  conversation.play(script);
  conversation.settle();
  Observation seen = conversation.observe();
  problem = conversation.problem();
  return seen;
}

}  // namespace

std::string session_problem(std::string_view script) {
  std::string problem;
  const Observation whole = observation_of(script, Cutting::kWhole, problem);
  if (!problem.empty()) return "whole: " + problem;
  for (const Cutting cutting : {Cutting::kAsWritten, Cutting::kBytes}) {
    const Observation cut = observation_of(script, cutting, problem);
    if (!problem.empty()) return "cut: " + problem;
    // Whoever answers in the middle of a piece has seen the rest of it, or not.
    if (script.find("abrupt") != std::string_view::npos) continue;
    if (cut.output != whole.output) return "cut: the output is another: " + cut.output;
    if (cut.events != whole.events) return "cut: the handler saw " + cut.events;
    if (!(cut == whole)) return "cut: the session is in another state";
  }
  return "";
}

}  // namespace fuzz
