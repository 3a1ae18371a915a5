// Framing of bodies (RFC 9112 6 and 7): Content-Length, Transfer-Encoding, chunks, trailers. The
// limits have tests of their own.

#include <array>
#include <cstdio>

#include "tests/server/http/corpus.h"

namespace http_test {
namespace {

std::vector<RefusedCase> refused_lengths() {
  std::vector<RefusedCase> cases;
  // RFC 9110 8.6: 1*DIGIT.
  for (const std::string length :
       {"", "-1", "+5", "0x5", "5h", "h", "1e1", "5 5", "5,5", "5,", ",5", "5;", "5.0", "\v5",
        "5\v", "\xc2\xb2", "18446744073709551616", "99999999999999999999999999"}) {
    cases.push_back({"CL " + std::string(length),
                     post("Content-Length: " + std::string(length) + "\r\n", "hello")});
  }
  cases.push_back({"CL twice, once in lower case",
                   post("Content-Length: 5\r\ncontent-length: 5\r\n", "hello")});
  cases.push_back({"CL twice, zero", post("Content-Length: 0\r\nContent-Length: 0\r\n", "")});
  cases.push_back(
      {"CL 0 and TE", post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")});
  cases.push_back(
      {"two CL in HTTP/1.0", "POST / HTTP/1.0\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"});
  cases.push_back(
      {"the largest CL there is", post("Content-Length: 18446744073709551615\r\n", ""), 413});
  return cases;
}

std::vector<RefusedCase> refused_codings() {
  std::vector<RefusedCase> cases;
  // RFC 9112 6.3: chunked is not last, so there is no telling where the body ends: 400.
  for (const std::string coding :
       {"gzip", "chunked, gzip", "chunked, identity", "xchunked", "chunkedx", "chunke", "chu nked",
        "\"chunked\"", "chunked;q=1", "chunked\v", "\vchunked", "chunked\xa0"}) {
    cases.push_back({"TE " + std::string(coding),
                     post("Transfer-Encoding: " + std::string(coding) + "\r\n", "0\r\n\r\n")});
  }
  // RFC 9112 6.1: chunked at the end of other codings, which we do not implement: 501.
  for (const std::string coding : {"identity, chunked", "deflate,chunked", "x, chunked"}) {
    cases.push_back({"TE " + std::string(coding),
                     post("Transfer-Encoding: " + std::string(coding) + "\r\n", "0\r\n\r\n"), 501});
  }
  const auto twice = [](const std::string& first, const std::string& second) {
    return post("Transfer-Encoding: " + first + "\r\nTransfer-Encoding: " + second + "\r\n",
                "0\r\n\r\n");
  };
  cases.push_back({"two TE", twice("chunked", "chunked")});
  cases.push_back({"two TE, identity first", twice("identity", "chunked")});
  cases.push_back({"two TE, identity last", twice("chunked", "identity")});
  cases.push_back({"TE, CL and TE in other cases",
                   post("tRANSFER-eNCODING: chunked\r\ncONTENT-lENGTH: 5\r\n", "0\r\n\r\n")});
  cases.push_back({"TE with GET and CL",
                   get("/", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"});
  return cases;
}

std::vector<RefusedCase> refused_chunks() {
  std::vector<RefusedCase> cases;
  const std::string rest = "\r\nhello\r\n0\r\n\r\n";
  for (const std::string size : {"",
                                 " 5",
                                 "5 ",
                                 "\t5",
                                 "5\t",
                                 "0x5",
                                 "0X5",
                                 "+5",
                                 "-5",
                                 "g",
                                 "5g",
                                 "5,",
                                 "5.",
                                 "#5",
                                 "10000000000000000",
                                 "10000000000000005",
                                 "FFFFFFFFFFFFFFFFF",
                                 "\v5",
                                 "5\v",
                                 "\xef"}) {
    cases.push_back({"chunk size " + std::string(size), chunked(size + rest)});
  }
  const std::string end = "0\r\n\r\n";
  for (const RefusedCase& one : std::vector<RefusedCase>{
           {"chunk size, LF", "5\nhello\r\n" + end},
           {"chunk size, CR CR LF", "5\r\r\nhello\r\n" + end},
           {"chunk size, NUL", std::string("5\0\r\nhello\r\n", 11) + end},
           {"chunk data too long", "5\r\nhello!\r\n" + end},
           {"chunk data too short", "5\r\nhell\r\n" + end},
           {"chunk data, CR X", "5\r\nhello\rX" + end},
           {"chunk data, X LF", "5\r\nhelloX\n" + end},
           {"chunk data, CR CR LF", "5\r\nhello\r\r\n" + end},
           {"an extension with LF (TERM.EXT)", "5;a\nb\r\nhello\r\n" + end},
           {"an extension with CR", "5;a\rb\r\nhello\r\n" + end},
           {"an extension with LF in quotes", "5;a=\"x\ny\"\r\nhello\r\n" + end},
           {"an extension with CR LF in quotes", "5;a=\"\r\n\"\r\nhello\r\n" + end},
           {"an extension with NUL", std::string("5;a\0b\r\nhello\r\n", 14) + end},
           {"an extension without a name", "5;\r\nhello\r\n" + end},
           {"an extension without a value", "5;a=\r\nhello\r\n" + end},
           {"an extension with two values", "5;a=b c\r\nhello\r\n" + end},
           {"an extension with a quote left open", "5;a=\"b\r\nhello\r\n" + end},
           {"text behind a quoted value", "5;a=\"b\"c\r\nhello\r\n" + end},
           {"white space at the end of a chunk's line", "5;a \r\nhello\r\n" + end},
           {"an extension that is no token", "5;a@b\r\nhello\r\n" + end},
           {"an extension ended by LF", "5;a\nhello\r\n" + end},
           {"the last chunk ended by LF", "0\n\r\n"},
           {"the last chunk's extension ended by LF", "0;a\n\r\n"},
           {"the end is LF", "0\r\n\n"},
           {"the end is CR CR LF", "0\r\r\n\r\n"},
           {"the end is CR X", "0\r\n\rX"},
       }) {
    cases.push_back({one.name, chunked(one.bytes)});
  }
  return cases;
}

std::vector<RefusedCase> refused_trailers() {
  std::vector<RefusedCase> cases;
  for (const std::string trailer :
       {"Transfer-Encoding: chunked\r\n", "transfer-encoding: identity\r\n",
        "content-length: 0\r\n", "Host: y\r\n", "Authorization: Basic eDp5\r\n",
        "Content-Encoding: gzip\r\n", " X: y\r\n", "\tX: y\r\n", "X: y\r\n z\r\n", "X: y\n",
        "X: y\r\r\n", ": y\r\n", "X : y\r\n", "X\r\n", "X: a\rb\r\n",
        "X: y\r\nContent-Length: 5\r\n", "GET /smuggled HTTP/1.1\r\n"}) {
    cases.push_back({"trailer " + std::string(trailer),
                     chunked("5\r\nhello\r\n0\r\n" + std::string(trailer) + "\r\n")});
  }
  cases.push_back({"trailer with NUL", chunked(std::string("0\r\nX: a\0b\r\n\r\n", 13))});
  return cases;
}

}  // namespace

std::vector<RefusedCase> refused_bodies() {
  std::vector<RefusedCase> cases;
  for (const auto& part :
       {refused_lengths(), refused_codings(), refused_chunks(), refused_trailers()}) {
    cases.insert(cases.end(), part.begin(), part.end());
  }
  return cases;
}

std::vector<AcceptedCase> accepted_bodies() {
  const std::string next = get("/next");
  return {
      {"CL", post("Content-Length: 5\r\n", "hello") + next, "/p /next"},
      {"CL 0", post("Content-Length: 0\r\n", "") + next, "/p /next"},
      {"CL with leading zeros (1*DIGIT)", post("Content-Length: 005\r\n", "hello") + next,
       "/p /next"},
      {"CL with a space behind", post("Content-Length: 5 \r\n", "hello") + next, "/p /next"},
      {"CL with a tab behind", post("Content-Length: 5 \t \r\n", "hello") + next, "/p /next"},
      {"TE with a tab behind", post("Transfer-Encoding: chunked\t\r\n", "0\r\n\r\n") + next,
       "/p /next"},
      {"CL with GET", get("/", "Content-Length: 5\r\n") + "hello" + next, "/ /next"},
      {"a body that looks like a request", with_length(get("/in")) + next, "/p /next"},
      {"a body of empty lines", post("Content-Length: 4\r\n", "\r\n\r\n") + next, "/p /next"},
      {"no body at all", post("", "") + next, "/p /next"},
      {"chunks", chunked("5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n") + next, "/p /next"},
      {"no chunk", chunked("0\r\n\r\n") + next, "/p /next"},
      {"chunk sizes with leading zeros, in both cases",
       chunked("000a\r\n0123456789\r\n0A\r\n0123456789\r\n00\r\n\r\n") + next, "/p /next"},
      {"a chunk that looks like the end", chunked("5\r\n0\r\n\r\n\r\n0\r\n\r\n") + next,
       "/p /next"},
      {"a chunk that looks like a request", chunked(chunk(get("/in")) + "0\r\n\r\n") + next,
       "/p /next"},
      {"chunk extensions",
       chunked("5;a=b\r\nhello\r\n1;c\r\n \r\n1;d=\"e f\"\r\n \r\n0;g=h\r\n\r\n") + next,
       "/p /next"},
      {"chunk extensions with several parts and bad white space (RFC 9112 7.1.1)",
       chunked("1;a=b;c;d=\"\\\"\" ; e = f\r\n \r\n0;g\t;\th=\"\"\r\n\r\n") + next, "/p /next"},
      {"trailers", chunked("5\r\nhello\r\n0\r\nX: y\r\nZ: \r\n\r\n") + next, "/p /next"},
      {"trailers that would mean something in a head",
       chunked("0\r\nConnection: close\r\nUpgrade: h2c\r\nExpect: 100-continue\r\n\r\n") + next,
       "/p /next"},
      {"TE in capitals", post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n") + next, "/p /next"},
      {"TE with spaces around", post("Transfer-Encoding: \t chunked \r\n", "0\r\n\r\n") + next,
       "/p /next"},
      {"empty lines behind a body", post("Content-Length: 1\r\n", "a") + "\r\n\r\n" + next,
       "/p /next"},
      {"bodies in a row",
       chunked("1\r\na\r\n0\r\n\r\n") + post("Content-Length: 1\r\n", "b") + chunked("0\r\n\r\n") +
           next,
       "/p /p /p /next"},
  };
}

std::string post(const std::string& fields, const std::string& body) {
  return "POST /p HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n" + body;
}

std::string with_length(const std::string& body) {
  return post("Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

std::string get(const std::string& target, const std::string& fields) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
}

std::string chunked(const std::string& body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

std::string chunk(const std::string& content) {
  std::array<char, 17> size{};
  std::snprintf(size.data(), size.size(), "%zx", content.size());
  return size.data() + ("\r\n" + content + "\r\n");
}

std::vector<RefusedCase> all_refused() {
  std::vector<RefusedCase> cases;
  for (const auto& part : {deploy_table(), refused_heads(), refused_bodies()}) {
    cases.insert(cases.end(), part.begin(), part.end());
  }
  return cases;
}

std::vector<AcceptedCase> all_accepted() {
  std::vector<AcceptedCase> cases = accepted_heads();
  for (const AcceptedCase& one : accepted_bodies()) cases.push_back(one);
  return cases;
}

}  // namespace http_test
