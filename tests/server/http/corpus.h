// The corpus: byte streams of clients, good, sloppy and malicious, with what has to become of them.
// Used whole, byte by byte and cut at random. Tables; any thread.
#pragma once

#include <string>
#include <vector>

namespace http_test {

// Refused as a whole: nothing of it is a request, and nothing behind it is looked at.
struct RefusedCase {
  std::string name;
  std::string bytes;
  int status = 400;
};

struct AcceptedCase {
  std::string name;
  std::string bytes;
  std::string targets;  // of the requests in it: "/a /b"
};

// "POST /p HTTP/1.1", Host, `fields`, the empty line, `body`.
[[nodiscard]] std::string post(const std::string& fields, const std::string& body);
[[nodiscard]] std::string get(const std::string& target, const std::string& fields = "");
[[nodiscard]] std::string with_length(const std::string& body);
[[nodiscard]] std::string chunked(const std::string& body);
[[nodiscard]] std::string chunk(const std::string& content);

[[nodiscard]] std::vector<RefusedCase> deploy_table();      // corpus_deploy_table.cc
[[nodiscard]] std::vector<RefusedCase> refused_heads();     // corpus_heads.cc
[[nodiscard]] std::vector<AcceptedCase> accepted_heads();   // corpus_heads.cc
[[nodiscard]] std::vector<RefusedCase> refused_bodies();    // corpus_bodies.cc
[[nodiscard]] std::vector<AcceptedCase> accepted_bodies();  // corpus_bodies.cc

[[nodiscard]] std::vector<RefusedCase> all_refused();
[[nodiscard]] std::vector<AcceptedCase> all_accepted();

}  // namespace http_test
