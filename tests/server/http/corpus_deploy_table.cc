// Every row of the table "llhttp 8.1.0 is not safe by itself": what Debian 12's parser lets
// through, and what it does not but another version might. The names are the table's.

#include "tests/server/http/corpus.h"

namespace http_test {

std::vector<RefusedCase> deploy_table() {
  return {
      {"CVE-2023-30589: a bare CR hides Transfer-Encoding",
       "GET / HTTP/1.1\r\nHost: x\r\nX-Abc:\rxTransfer-Encoding: chunked\r\n\r\n"},
      {"CVE-2023-30589, with a body that would be smuggled",
       post("X-Abc:\rxTransfer-Encoding: chunked\r\n", "1\r\nA\r\n0\r\n\r\n")},
      {"CVE-2025-23167: CR LF CR X ends the head",
       "GET / HTTP/1.1\r\nHost: x\r\n\rXGET /second HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"CVE-2024-27982: space before Content-Length in the second field",
       "POST / HTTP/1.1\r\nHost: x\r\n Content-Length: 5\r\n\r\nhello"},
      {"CVE-2024-27982, in the first field",
       "POST / HTTP/1.1\r\n Content-Length: 5\r\nHost: x\r\n\r\nhello"},
      {"CVE-2024-27982, with a tab", post("\tContent-Length: 5\r\n", "hello")},
      {"obs-fold", get("/", "X: a\r\n b\r\n")},
      {"obs-fold with a tab", get("/", "X: a\r\n\tb\r\n")},
      {"obs-fold of Transfer-Encoding", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")},
      {"obs-fold of Content-Length", post("Content-Length:\r\n 5\r\n", "hello")},
      {"obs-fold of the last field", get("/", "X: a\r\n \r\n")},
      {"LF alone after the request line", "GET / HTTP/1.1\nHost: x\r\n\r\n"},
      {"LF alone everywhere", "GET / HTTP/1.1\nHost: x\n\n"},
      {"CR LF LF as the end", "GET / HTTP/1.1\r\nHost: x\r\n\n"},
      {"LF alone after a field", get("/", "X: a\n")},
      {"chunk data followed by two other bytes", chunked("5\r\nhelloXX0\r\n\r\n")},
      {"chunk data followed by LF", chunked("5\r\nhello\n0\r\n\r\n")},
      {"chunk data followed by nothing", chunked("5\r\nhello0\r\n\r\n")},
      {"chunk size, CR, X", chunked("1\rXa\r\n0\r\n\r\n")},
      {"empty field name", get("/", ": v\r\n")},
      {"empty field name as the first field", "GET / HTTP/1.1\r\n: v\r\nHost: x\r\n\r\n"},
      {"Content-Length in a trailer", chunked("0\r\nContent-Length: 5\r\n\r\n")},
      {"CL and TE", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"TE and CL", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
      {"two CL, different", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!")},
      {"two CL, equal", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")},
      {"CL +1", post("Content-Length: +1\r\n", "a")},
      {"CL list", post("Content-Length: 1, 1\r\n", "a")},
      {"CL overflow", post("Content-Length: 18446744073709551617\r\n", "a")},
      {"TE identity", post("Transfer-Encoding: identity\r\n", "")},
      {"NUL in a value", get("/", std::string("X: a\0b\r\n", 8))},
      {"TE gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
      {"TE in HTTP/1.0",
       "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"TE in HTTP/1.0, kept alive",
       "POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"HTTP/0.9", "GET /\r\n\r\n"},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
      {"RTSP method", "DESCRIBE / HTTP/1.1\r\nHost: x\r\n\r\n", 501},
      {"RTSP method of RTSP", "SETUP / RTSP/1.0\r\nHost: x\r\n\r\n"},
      {"two spaces before the target", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"two spaces behind the target", "GET /  HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"#fragment", get("/a#b")},
      {"missing Host", "GET / HTTP/1.1\r\n\r\n"},
      {"two Hosts", get("/", "Host: x\r\n")},
  };
}

}  // namespace http_test
