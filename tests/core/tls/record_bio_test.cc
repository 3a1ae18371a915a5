// Goal: the BIO takes what is there and no more, asks again when nothing is left, and reads nothing
// once the connection is refused. Method: an SSL object's BIO, driven directly.

#include "core/tls/record_bio.h"

#include <doctest/doctest.h>

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "tests/core/tls/filter_pair.h"

namespace {

struct Connected {
  Connected() : context(SSL_CTX_new(TLS_method())), ssl(SSL_new(context.get())) {
    core::connect_bio(ssl.get(), state);
  }
  [[nodiscard]] BIO* bio() const { return SSL_get_rbio(ssl.get()); }

  core::ConnectionState state;
  core::SslContextPtr context;
  core::SslPtr ssl;
};

}  // namespace

TEST_CASE("reads come straight from the input, then ask again") {
  Connected connected;
  const std::string_view records = "abcdef";
  connected.state.input = std::as_bytes(std::span(records));
  std::array<char, 4> buffer{};
  std::size_t size = 0;
  CHECK(BIO_read_ex(connected.bio(), buffer.data(), buffer.size(), &size) == 1);
  CHECK(std::string_view(buffer.data(), size) == "abcd");
  CHECK(connected.state.input.size() == 2);
  CHECK(BIO_read_ex(connected.bio(), buffer.data(), buffer.size(), &size) == 1);
  CHECK(std::string_view(buffer.data(), size) == "ef");
  CHECK(BIO_read_ex(connected.bio(), buffer.data(), buffer.size(), &size) == 0);
  CHECK(BIO_test_flags(connected.bio(), BIO_FLAGS_SHOULD_RETRY) != 0);
}

TEST_CASE("a refused connection reads nothing and does not ask again") {
  Connected connected;
  const std::string_view records = "abc";
  connected.state.input = std::as_bytes(std::span(records));
  connected.state.refusal = "reason";
  char byte = 0;
  std::size_t size = 0;
  CHECK(BIO_read_ex(connected.bio(), &byte, 1, &size) == 0);
  CHECK(BIO_test_flags(connected.bio(), BIO_FLAGS_SHOULD_RETRY) == 0);
  CHECK(connected.state.input.size() == 3);
}

TEST_CASE("writes go to the sink at once; each connection has its own state") {
  Connected one;
  Connected other;
  CHECK(SSL_get_app_data(one.ssl.get()) == &one.state);
  test::Wire sink;
  one.state.output = &sink;
  std::size_t size = 0;
  CHECK(BIO_write_ex(one.bio(), "abc", 3, &size) == 1);
  CHECK(size == 3);
  CHECK(sink.text == "abc");
  CHECK(BIO_ctrl(one.bio(), BIO_CTRL_FLUSH, 0, nullptr) == 1);
  CHECK(BIO_ctrl(one.bio(), BIO_CTRL_PENDING, 0, nullptr) == 0);
}
