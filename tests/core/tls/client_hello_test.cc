// Goal: the glance says "complete" at the last byte of a ClientHello and not before, sees every
// offer to resume, and never reads what is not there. Method: hellos of OpenSSL's client cut at
// every length, cut into other records, changed at every byte; messages made up.

#include "core/tls/client_hello.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "tests/core/tls/filter_pair.h"

namespace {

using core::ClientHelloGlance;
using core::TlsVersion;
using test::FilterPair;

// A copy of the very size, so that the sanitizers see a read behind the end.
ClientHelloGlance glance(std::string_view bytes) {
  const auto copy = std::make_unique<char[]>(bytes.size());
  std::ranges::copy(bytes, copy.get());
  return core::glance_at_client_hello(std::as_bytes(std::span(copy.get(), bytes.size())));
}

std::string hello_of(TlsVersion version, bool resuming) {
  auto options = test::version_only(version);
  options.keep_sessions = true;
  options.alpn = {"h2", "http/1.1"};
  const auto client = test::new_client(options);
  core::TlsServerOptions server_options;
  server_options.ticket_keys = core::TicketKeys::rotating();
  const auto server = test::new_server({test::entry_of(test::any_identity())}, server_options);
  FilterPair first(server, *client);
  if (resuming) REQUIRE(first.shake());
  FilterPair second(server, *client, "a.example", first.client.filter->session());
  second.client.begin();
  return second.client.sent.take();
}

// The message of a single record in records of `size` bytes.
std::string in_records_of(std::string_view record, std::size_t size) {
  std::string result;
  for (auto rest = record.substr(5); !rest.empty();) {
    const auto part = rest.substr(0, size);
    result += "\x16\x03\x01";
    result += static_cast<char>(part.size() >> 8U);
    result += static_cast<char>(part.size() & 0xffU);
    result += part;
    rest.remove_prefix(part.size());
  }
  return result;
}

std::string number(std::size_t value, std::size_t size) {
  std::string bytes;
  while (size-- > 0) bytes += static_cast<char>(value >> (8 * size) & 0xffU);
  return bytes;
}

// A ClientHello around `extensions`, in one record.
std::string made_up(const std::string& extensions) {
  const auto body = number(0x0303, 2) + std::string(32, 'r') + number(0, 1) + number(2, 2) +
                    number(0x1301, 2) + number(1, 1) + number(0, 1) +
                    (extensions.empty() ? "" : number(extensions.size(), 2)) + extensions;
  const auto message = number(1, 1) + number(body.size(), 3) + body;
  return number(22, 1) + number(0x0301, 2) + number(message.size(), 2) + message;
}

std::string extension(std::size_t type, const std::string& content) {
  return number(type, 2) + number(content.size(), 2) + content;
}

}  // namespace

TEST_CASE("a real hello is complete at its last byte, and an offer to resume is seen there") {
  for (const auto version : test::kVersions) {
    for (const bool resuming : {false, true}) {
      const auto hello = hello_of(version, resuming);
      for (const std::size_t records_of : {std::size_t{16384}, std::size_t{100}, std::size_t{1}}) {
        const auto bytes = in_records_of(hello, records_of);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
          REQUIRE_FALSE(glance(bytes.substr(0, size)).complete);
        }
        CHECK(glance(bytes).complete);
        CHECK(glance(bytes).resumption == resuming);
        CHECK(glance(bytes + "more").complete);
        CHECK(glance(bytes + "more").resumption == resuming);
        const auto span = std::as_bytes(std::span(bytes));
        CHECK(core::client_hello_complete(span));
        CHECK(core::resumption_offered(span) == resuming);
      }
    }
  }
}

TEST_CASE("a hello changed at any byte is survived") {
  for (const auto version : test::kVersions) {
    const auto hello = hello_of(version, true);
    for (std::size_t i = 0; i < hello.size(); ++i) {
      for (const int change : {0x01, 0x80, 0xff}) {
        auto changed = hello;
        changed[i] = static_cast<char>(changed[i] ^ change);
        static_cast<void>(glance(changed));
      }
    }
  }
}

TEST_CASE("what is no ClientHello is complete as soon as that is sure") {
  const std::string_view inputs[] = {
      "G", "GET / HTTP/1.1\r\n\r\n", "\x15\x03", "\x17\x03\x03", "\x16\x02", "\x16G"};
  for (const auto input : inputs) {
    CAPTURE(input);
    CHECK(glance(input).complete);
    CHECK_FALSE(glance(input).resumption);
  }
  CHECK(glance(std::string("\x16\x03\x01\0\0", 5)).complete);              // an empty record
  CHECK(glance(std::string("\x16\x03\x01\x40\x01", 5)).complete);          // larger than 16 KiB
  CHECK_FALSE(glance(std::string("\x16\x03\x01\x40\0", 5)).complete);      // as large as may be
  CHECK(glance(std::string("\x16\x03\x01\0\x04\x02\0\0\0", 9)).complete);  // a ServerHello
  CHECK_FALSE(glance("").complete);
  CHECK_FALSE(glance("\x16").complete);
}

TEST_CASE("pre_shared_key, or a ticket that is not empty, offers to resume") {
  struct Row {
    std::string extensions;
    bool resumption;
  };
  const Row rows[] = {
      {"", false},
      {extension(0, "name"), false},
      {extension(35, ""), false},
      {extension(35, "t"), true},
      {extension(41, ""), true},
      {extension(0, "x") + extension(35, "") + extension(43, "y") + extension(41, "psk"), true},
      {extension(45, std::string("\0\x29\0\0", 4)), false},
  };
  for (const auto& row : rows) {
    const auto hello = made_up(row.extensions);
    CHECK(glance(hello).complete);
    CHECK(glance(hello).resumption == row.resumption);
  }
}

TEST_CASE("a field that reaches behind the message is no offer") {
  for (const auto& extensions :
       {number(41, 2) + number(1, 2), number(41, 2), number(41, 1), extension(41, "x") + "\x01"}) {
    const auto hello = made_up(extensions);
    CHECK(glance(hello).complete);
    CHECK_FALSE(glance(hello).resumption);
    CHECK_FALSE(glance(hello + std::string(100, 'x')).resumption);
  }
}
