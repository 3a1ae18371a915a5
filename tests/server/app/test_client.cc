#include "tests/server/app/test_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>

#include "core/base/invariant.h"

namespace test {
namespace {

constexpr timeval kLimit{20, 0};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Answer parse_head(const std::string& head) {
  Answer answer;
  answer.head = head;
  answer.status = std::atoi(head.substr(9, 3).c_str());
  for (std::size_t at = head.find("\r\n") + 2; at < head.size() - 2;) {
    const std::size_t end = head.find("\r\n", at);
    const std::size_t colon = head.find(": ", at);
    answer.fields[lower(head.substr(at, colon - at))] = head.substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  return answer;
}

}  // namespace

TestClient::TestClient(std::uint16_t port, int receive_bytes, const char* source)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  INVARIANT(fd_.valid());
  if (receive_bytes > 0) {
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  }
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &kLimit, sizeof kLimit);
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &kLimit, sizeof kLimit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (source != nullptr) {
    INVARIANT(::inet_pton(AF_INET, source, &address.sin_addr) == 1);
    INVARIANT(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // connect(2): interrupted, it goes on by itself; then writability says that it has ended.
  if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    INVARIANT(errno == EINTR);
    pollfd request{fd_.get(), POLLOUT, 0};
    while (::poll(&request, 1, 20'000) < 0) INVARIANT(errno == EINTR);
    INVARIANT(request.revents == POLLOUT);
  }
}

bool TestClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t size = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

void TestClient::shut_down_sending() const { ::shutdown(fd_.get(), SHUT_WR); }

bool TestClient::fill() {
  std::array<char, 65536> piece{};
  ssize_t size = 0;
  // With a time limit recv(2) is not restarted, and taking a probed ring down interrupts this
  // thread.
  do {
    size = ::recv(fd_.get(), piece.data(), piece.size(), 0);
  } while (size < 0 && errno == EINTR);
  if (size < 0 && errno == ECONNRESET) reset_ = true;
  INVARIANT(size >= 0 || reset_);  // EAGAIN: the server said nothing within the limit
  if (size <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(size));
  return true;
}

std::optional<Answer> TestClient::read_answer(bool head_only) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return std::nullopt;
  }
  Answer answer = parse_head(buffer_.substr(0, end + 4));
  buffer_.erase(0, end + 4);
  const auto length = answer.fields.find("content-length");
  if (head_only || length == answer.fields.end()) return answer;
  const std::size_t size = std::strtoull(length->second.c_str(), nullptr, 10);
  while (buffer_.size() < size) {
    if (!fill()) return std::nullopt;
  }
  answer.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return answer;
}

std::optional<std::string> TestClient::read_to_end() {
  while (fill()) {
  }
  if (reset_) return std::nullopt;
  return std::exchange(buffer_, {});
}

std::string TestClient::read_some(std::size_t size) {
  if (buffer_.empty()) static_cast<void>(fill());
  std::string some = buffer_.substr(0, size);
  buffer_.erase(0, some.size());
  return some;
}

std::optional<Answer> get(std::uint16_t port, std::string_view target, std::string_view fields) {
  TestClient client(port);
  client.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(fields) +
              "\r\n");
  return client.read_answer();
}

}  // namespace test
