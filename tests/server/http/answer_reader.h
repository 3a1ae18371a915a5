// A reader of HTTP/1.1 answers that shares no code with the server: what a strict client would
// make of the bytes. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http_test {

struct Answer {
  int status = 0;
  std::string reason;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;

  // The value of the one field of that name (compared without case); "(none)", "(several)".
  [[nodiscard]] std::string field(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return field(name) != "(none)"; }
  [[nodiscard]] bool closes() const { return field("Connection") == "close"; }
};

struct Answers {
  std::vector<Answer> list;
  std::string problem;  // empty: the bytes are whole answers and nothing else
};

// `to_head`: the indices of answers to HEAD requests, which have no body whatever they announce.
[[nodiscard]] Answers read_answers(std::string_view bytes,
                                   const std::vector<std::size_t>& to_head = {});

// Without what only asks for a body: "100 Continue" is no answer to a request.
[[nodiscard]] std::string without_continue(std::string bytes);

// "200 400"
[[nodiscard]] std::string statuses_of(const Answers& answers);

// The same bytes with every Date the same, for comparing what was sent at different times.
[[nodiscard]] std::string without_dates(std::string bytes);

}  // namespace http_test
