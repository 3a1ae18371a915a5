#include "tests/server/http/answer_reader.h"

#include <strings.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace http_test {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

bool same_name(std::string_view left, std::string_view right) {
  return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

bool only_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-';  // all that our fields need
  });
}

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// RFC 9110 5.6.7, the shape of it.
bool date(std::string_view text) {
  constexpr std::string_view kShape = "Aaa, 00 Aaa 0000 00:00:00 GMT";
  if (text.size() != kShape.size() || !text.ends_with("GMT")) return false;
  for (std::size_t i = 0; i + 3 < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool good = kShape[i] == '0'   ? std::isdigit(c) != 0
                      : kShape[i] == 'A' ? std::isupper(c) != 0
                      : kShape[i] == 'a' ? std::islower(c) != 0
                                         : text[i] == kShape[i];
    if (!good) return false;
  }
  return true;
}

// Each takes its part off `bytes` and says what is wrong with it; empty when nothing is.
std::string read_status_line(std::string_view& bytes, Answer& answer) {
  const std::size_t end = bytes.find(kLineEnd);
  if (end == std::string_view::npos) return "a status line without end";
  const std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end + kLineEnd.size());
  if (line.substr(0, 9) != "HTTP/1.1 " || line.size() < 13 || line[12] != ' ' ||
      !only_digits(line.substr(9, 3)) || !printable(line)) {
    return "bad status line: " + std::string(line);
  }
  std::from_chars(line.data() + 9, line.data() + 12, answer.status);
  answer.reason = line.substr(13);
  return {};
}

std::string read_fields(std::string_view& bytes, Answer& answer) {
  for (;;) {
    const std::size_t end = bytes.find(kLineEnd);
    if (end == std::string_view::npos) return "a head without end";
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end + kLineEnd.size());
    if (line.empty()) return {};
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos || !token(line.substr(0, colon)) || !printable(line)) {
      return "bad field: " + std::string(line);
    }
    answer.fields.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
}

std::string read_body(std::string_view& bytes, Answer& answer, bool to_head) {
  const std::string length = answer.field("Content-Length");
  // RFC 9110 8.6: these have none; every other answer of ours says how long it is.
  if (answer.status == 204 || answer.status == 304) {
    return length == "(none)" ? "" : "Content-Length with " + std::to_string(answer.status);
  }
  if (!only_digits(length)) return "Content-Length: " + length;
  std::size_t size = 0;
  std::from_chars(length.data(), length.data() + length.size(), size);
  if (to_head) return {};
  if (bytes.size() < size) return "the body ends early";
  answer.body = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return {};
}

std::string read_answer(std::string_view& bytes, Answer& answer, bool to_head) {
  std::string problem = read_status_line(bytes, answer);
  if (problem.empty()) problem = read_fields(bytes, answer);
  // RFC 9110 15.2: an interim answer ends with its head; ours say nothing but their status.
  if (answer.status < 200) return answer.fields.empty() ? problem : "an interim answer with fields";
  if (problem.empty() && !date(answer.field("Date"))) problem = "Date: " + answer.field("Date");
  if (problem.empty()) problem = read_body(bytes, answer, to_head);
  return problem;
}

}  // namespace

std::string Answer::field(std::string_view name) const {
  std::string found = "(none)";
  bool seen = false;
  for (const auto& entry : fields) {
    if (!same_name(entry.first, name)) continue;
    if (seen) return "(several)";
    seen = true;
    found = entry.second;
  }
  return found;
}

Answers read_answers(std::string_view bytes, const std::vector<std::size_t>& to_head) {
  Answers answers;
  while (!bytes.empty() && answers.problem.empty()) {
    Answer answer;
    const bool head =
        std::find(to_head.begin(), to_head.end(), answers.list.size()) != to_head.end();
    answers.problem = read_answer(bytes, answer, head);
    if (answers.problem.empty() && answer.closes() && !bytes.empty()) {
      answers.problem = "bytes behind an answer that closes the connection";
    }
    answers.list.push_back(std::move(answer));
  }
  return answers;
}

std::string without_continue(std::string bytes) {
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  for (std::size_t at = bytes.find(kContinue); at != std::string::npos;
       at = bytes.find(kContinue)) {
    bytes.erase(at, kContinue.size());
  }
  return bytes;
}

std::string statuses_of(const Answers& answers) {
  std::string statuses;
  for (const Answer& answer : answers.list) {
    if (!statuses.empty()) statuses += ' ';
    statuses += std::to_string(answer.status);
  }
  return statuses;
}

std::string without_dates(std::string bytes) {
  constexpr std::string_view kName = "\r\nDate: ";
  for (std::size_t at = bytes.find(kName); at != std::string::npos;
       at = bytes.find(kName, at + 1)) {
    const std::size_t value = at + kName.size();
    bytes.replace(value, bytes.find('\r', value) - value, "now");
  }
  return bytes;
}

}  // namespace http_test
