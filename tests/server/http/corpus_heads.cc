// Request lines and header sections. The statuses are the RFCs': 400 for what is malformed (9112
// 2.2, 3, 3.2, 5), 501 for a method nobody implements here (9110 9.1), 505 for a major or minor
// version we do not speak (9110 15.6.6), 421 for a scheme that is not ours (9110 7.4).

#include "tests/server/http/corpus.h"

namespace http_test {
namespace {

// A whole head around one request line.
std::string line(const std::string& request_line) { return request_line + "\r\nHost: x\r\n\r\n"; }

std::string with_host(const std::string& host) {
  return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
}

std::vector<RefusedCase> refused_lines() {
  return {
      {"HTTP/0.9 in words", line("GET / HTTP/0.9"), 505},
      {"HTTP/3.0", line("GET / HTTP/3.0"), 505},
      {"HTTP/2 with prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"http/1.1 in lower case", line("GET / http/1.1")},
      {"HTTP/1.10", line("GET / HTTP/1.10")},
      {"HTTP/01.1", line("GET / HTTP/01.1")},
      {"HTTP/1", line("GET / HTTP/1")},
      {"HTTP/1.", line("GET / HTTP/1.")},
      {"HTTP/1,1", line("GET / HTTP/1,1")},
      {"HTTP/1.1x", line("GET / HTTP/1.1x")},
      {"HTTP/+1.1", line("GET / HTTP/+1.1")},
      {"ICE/1.0", line("SOURCE / ICE/1.0")},
      {"an unknown method", line("BREW / HTTP/1.1"), 501},
      {"a method in lower case", line("get / HTTP/1.1"), 501},
      {"a longer method", line("GETGET / HTTP/1.1"), 501},
      {"WebDAV", line("PROPFIND / HTTP/1.1"), 501},
      {"UPnP", line("M-SEARCH * HTTP/1.1"), 501},
      {"CONNECT", line("CONNECT x:80 HTTP/1.1"), 501},
      {"a method that is no token", line("G@T / HTTP/1.1")},
      {"a method with a slash", line("GET/ / HTTP/1.1")},
      {"a byte order mark", line("\xef\xbb\xbfGET / HTTP/1.1")},
      {"a space in front", line(" GET / HTTP/1.1")},
      {"a tab in front", line("\tGET / HTTP/1.1")},
      {"a space at the end", line("GET / HTTP/1.1 ")},
      {"a tab at the end", line("GET / HTTP/1.1\t")},
      {"a tab behind the method", line("GET\t/ HTTP/1.1")},
      {"a tab behind the target", line("GET /\tHTTP/1.1")},
      {"a tab in the target", line("GET /a\tb HTTP/1.1")},
      {"a vertical tab for a space", line("GET\v/ HTTP/1.1")},
      {"four parts", line("GET / / HTTP/1.1")},
      {"no target", line("GET HTTP/1.1")},
      {"an empty target", line("GET  HTTP/1.1")},
      {"a method only", line("GET")},
      {"NUL in the request line", std::string("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 28)},
      {"CR in the request line", line("GET /\ra HTTP/1.1")},
      {"CR CR LF", line("GET / HTTP/1.1\r")},
      {"LF in front", "\n" + get("/")},
      {"CR in front", "\r" + get("/")},
      {"an answer", "HTTP/1.1 200 OK\r\nHost: x\r\n\r\n"},
      {"a TLS handshake", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15)},
      {"#fragment behind a query", get("/a?b#c")},
      {"a target that is not ASCII", get("/\xc3\xa4")},
      {"half an escape", get("/%4")},
      {"out of the root", get("/../etc/passwd")},
      {"out of the root, encoded", get("/%2e%2e/etc/passwd")},
      {"NUL, encoded", get("/a%00.html")},
      {"no leading slash", get("index.html")},
      {"asterisk-form with GET", get("*")},
      {"authority-form with GET", get("x:80")},
      {"absolute-form, wrong scheme", get("https://x/"), 421},
      {"absolute-form, another wrong scheme", get("ftp://x/"), 421},
      {"absolute-form with user information", get("http://user@x/")},
      {"absolute-form without a host", get("http:///")},
      {"absolute-form without a Host field", "GET http://x/ HTTP/1.1\r\n\r\n"},
      {"absolute-form with two Host fields", get("http://x/", "Host: x\r\n")},
      {"absolute-form with an invalid Host field", "GET http://x/ HTTP/1.1\r\nHost: a b\r\n\r\n"},
  };
}

std::vector<RefusedCase> refused_fields() {
  std::vector<RefusedCase> cases = {
      {"space before the colon", get("/", "X : y\r\n")},
      {"tab before the colon", get("/", "X\t: y\r\n")},
      {"space before the colon of Host", "GET / HTTP/1.1\r\nHost : x\r\n\r\n"},
      {"space before the colon of Content-Length", post("Content-Length : 5\r\n", "hello")},
      {"space before the colon of Transfer-Encoding",
       post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")},
      {"no colon", get("/", "X\r\n")},
      {"no colon, last", get("/", "Transfer-Encoding chunked\r\n")},
      {"a name that is no token", get("/", "X(y): z\r\n")},
      {"a name that is not ASCII", get("/", "X\x80: z\r\n")},
      {"a space in a name", get("/", "X Y: z\r\n")},
      {"NUL in a name", get("/", std::string("X\0: y\r\n", 7))},
      {"NUL as a name", get("/", std::string("\0: y\r\n", 6))},
      {"NUL hides Transfer-Encoding",
       post(std::string("X\0Transfer-Encoding: chunked\r\n", 30), "0\r\n\r\n")},
      {"a control character in a value", get("/", "X: a\x01z\r\n")},
      {"DEL in a value", get("/", "X: a\x7fz\r\n")},
      {"a vertical tab in Transfer-Encoding",
       post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n")},
      {"CR at the end of a value", get("/", "X: y\r\r\n")},
      {"CR in a value", get("/", "X: a\rb\r\n")},
      {"CR between name and colon", get("/", "X\r: y\r\n")},
      {"CR CR LF as the end", "GET / HTTP/1.1\r\nHost: x\r\n\r\r\n"},
      {"LF CR as the end", "GET / HTTP/1.1\r\nHost: x\r\n\n\r"},
      {"a quoted line break", get("/", "X: \"a\r\n b\"\r\n")},
  };
  // RFC 9110 7.2, RFC 3986 3.2: what is no host.
  for (const std::string host :
       {"", "a b", "a/b", "x, x", "user@x", "x:port", "x:65536", "x:-1", "::1", "[::1", "[zz]",
        "a#b", "a?b", "x:80:80", "http://x/", "a\\b", "\xc3\xa4", "%zz"}) {
    cases.push_back({"Host: " + std::string(host), with_host(host)});
  }
  cases.push_back({"HTTP/1.0 with an invalid Host", "GET / HTTP/1.0\r\nHost: a b\r\n\r\n"});
  cases.push_back({"HTTP/1.0 with two Hosts", "GET / HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n"});
  cases.push_back({"two Hosts in other cases", get("/", "hOST: y\r\n")});
  return cases;
}

}  // namespace

std::vector<RefusedCase> refused_heads() {
  std::vector<RefusedCase> cases = refused_lines();
  for (const RefusedCase& one : refused_fields()) cases.push_back(one);
  return cases;
}

std::vector<AcceptedCase> accepted_heads() {
  return {
      {"the least there is", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "/"},
      {"empty lines in front (RFC 9112 2.2)", "\r\n\r\n" + get("/a") + "\r\n" + get("/b"), "/a /b"},
      {"RFC 9110 2.5: a higher minor version", "GET / HTTP/1.2\r\nHost: x\r\n\r\n" + get("/b"),
       "/ /b"},
      {"no space behind the colon", "GET / HTTP/1.1\r\nHost:x\r\n\r\n", "/"},
      {"spaces and tabs around a value", "GET / HTTP/1.1\r\nHost: \t x \t\r\n\r\n", "/"},
      {"an empty value", get("/", "X:\r\n"), "/"},
      {"a value of spaces", get("/", "X:  \r\n"), "/"},
      {"obs-text in a value (RFC 9110 5.5)", get("/", "X: \x80\xff\r\n"), "/"},
      {"a tab in a value", get("/", "X: a\tb\r\n"), "/"},
      {"every token character in a name", get("/", "!#$%&'*+-.^_`|~09azAZ: y\r\n"), "/"},
      {"a field twice", get("/", "X: a\r\nX: b\r\n"), "/"},
      {"names in any case", "GET / HTTP/1.1\r\nhOsT: x\r\n\r\n", "/"},
      {"a query with what browsers send", get("/a?b=[c]|\"d\"&e='f'"), "/a?b=[c]|\"d\"&e='f'"},
      {"several slashes", get("//a//b"), "//a//b"},
      {"absolute-form", get("http://y/a?b"), "http://y/a?b"},
      {"absolute-form, scheme in capitals", get("HTTP://y/"), "HTTP://y/"},
      {"absolute-form without a path", get("http://y"), "http://y"},
      {"asterisk-form", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "*"},
      {"every method we know",
       get("/") + "HEAD /h HTTP/1.1\r\nHost: x\r\n\r\n" + "PUT /u HTTP/1.1\r\nHost: x\r\n\r\n" +
           "DELETE /d HTTP/1.1\r\nHost: x\r\n\r\n" + "OPTIONS /o HTTP/1.1\r\nHost: x\r\n\r\n" +
           "TRACE /t HTTP/1.1\r\nHost: x\r\n\r\n" + "PATCH /p HTTP/1.1\r\nHost: x\r\n\r\n",
       "/ /h /u /d /o /t /p"},
      {"Upgrade: h2c is ignored",
       get("/",
           "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
           "HTTP2-Settings: AAMAAABkAAQAAP__\r\n"),
       "/"},
      {"Upgrade: websocket is ignored, and its body is read",
       post("Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n", "hello"), "/p"},
      {"HTTP/1.0 without Host", "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get("/b"),
       "/a /b"},
      {"Host with a port", "GET / HTTP/1.1\r\nHost: x:8080\r\n\r\n", "/"},
      {"Host: IPv6", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "/"},
      {"Proxy-Connection means nothing", get("/a", "Proxy-Connection: close\r\n") + get("/b"),
       "/a /b"},
      {"many at once", get("/1") + get("/2") + get("/3") + get("/4"), "/1 /2 /3 /4"},
  };
}

}  // namespace http_test
