// Goal: random keys change with time and go with it; keys from files open what nginx sealed, and
// what is no key is a sentence. Method: injected time, material with a known pattern.

#include "core/tls/ticket_keys.h"

#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "tests/core/tls/filter_pair.h"

namespace {

using core::Duration;
using core::TicketKey;
using core::TicketKeys;
using core::TimePoint;
using Found = core::TicketKeys::Found;

std::string name_of(const TicketKey& key) { return {key.name.begin(), key.name.end()}; }

std::string newest_of(TicketKeys& keys) {
  TicketKey key;
  keys.copy_newest(key);
  return name_of(key);
}

Found found_in(TicketKeys& keys, std::string_view name) {
  TicketKey key;
  return keys.find(name, key);
}

// Bytes first, first + 1, ...
std::string count_up(unsigned char first, std::size_t size) {
  std::string bytes(size, '\0');
  std::iota(bytes.begin(), bytes.end(), static_cast<char>(first));
  return bytes;
}

std::string bytes_of(const std::array<unsigned char, 32>& secret, std::size_t size) {
  return {secret.begin(), secret.begin() + static_cast<std::ptrdiff_t>(size)};
}

std::string mistake_of(const std::vector<std::string>& material) {
  const auto keys = TicketKeys::from_material(material);
  return keys ? "none" : keys.error();
}

struct ManualTime {
  TimePoint now{std::chrono::hours(1000)};
  std::shared_ptr<TicketKeys> keys = TicketKeys::rotating([this] { return now; });
};

}  // namespace

TEST_CASE("a random key lives one period as the newest and two as an older one") {
  constexpr Duration kInstant(1);
  ManualTime time;
  auto& keys = *time.keys;
  const auto first = newest_of(keys);
  CHECK(found_in(keys, first) == Found::kNewest);
  time.now += TicketKeys::kRotation - kInstant;
  CHECK(newest_of(keys) == first);
  time.now += kInstant;
  CHECK(found_in(keys, first) == Found::kOlder);
  const auto second = newest_of(keys);
  CHECK(second != first);
  time.now += TicketKeys::kRotation;
  const auto third = newest_of(keys);
  CHECK(found_in(keys, first) == Found::kOlder);
  CHECK(found_in(keys, second) == Found::kOlder);
  CHECK(found_in(keys, third) == Found::kNewest);
  time.now += TicketKeys::kRotation - kInstant;
  CHECK(found_in(keys, first) == Found::kOlder);
  time.now += kInstant;
  CHECK(found_in(keys, first) == Found::kUnknown);
  CHECK(found_in(keys, second) == Found::kOlder);
}

TEST_CASE("after a long sleep the old keys are gone, whichever is asked for first") {
  for (const bool asks_for_newest : {true, false}) {
    ManualTime time;
    const auto old = newest_of(*time.keys);
    time.now += 3 * TicketKeys::kRotation;
    if (asks_for_newest) CHECK(newest_of(*time.keys) != old);
    CHECK(found_in(*time.keys, old) == Found::kUnknown);
  }
}

TEST_CASE("an older key goes with its age though nobody asked for a new one in its time") {
  ManualTime time;
  const auto old = newest_of(*time.keys);
  time.now += 2 * TicketKeys::kRotation;
  CHECK(found_in(*time.keys, old) == Found::kOlder);
  time.now += TicketKeys::kRotation / 2;
  CHECK(found_in(*time.keys, old) == Found::kOlder);
  time.now += TicketKeys::kRotation / 2;
  CHECK(found_in(*time.keys, old) == Found::kUnknown);
}

TEST_CASE("two sets of random keys have nothing in common") {
  const auto one = TicketKeys::rotating();
  const auto other = TicketKeys::rotating();
  TicketKey key;
  one->copy_newest(key);
  CHECK(found_in(*other, name_of(key)) == Found::kUnknown);
  CHECK(key.hmac != key.aes);
  CHECK(key.secret_bytes == 32);
}

TEST_CASE("80 bytes: name, HMAC, AES-256; 48 bytes: name, AES-128, HMAC") {
  const std::vector<std::string> material = {count_up(0, 80), count_up(100, 48)};
  const auto keys = TicketKeys::from_material(material).value();
  CHECK(newest_of(*keys) == count_up(0, 16));
  TicketKey key;
  REQUIRE(keys->find(count_up(0, 16), key) == Found::kNewest);
  CHECK(key.secret_bytes == 32);
  CHECK(bytes_of(key.hmac, 32) == count_up(16, 32));
  CHECK(bytes_of(key.aes, 32) == count_up(48, 32));
  REQUIRE(keys->find(count_up(100, 16), key) == Found::kOlder);
  CHECK(key.secret_bytes == 16);
  CHECK(bytes_of(key.aes, 16) == count_up(116, 16));
  CHECK(bytes_of(key.hmac, 16) == count_up(132, 16));
  CHECK(keys->find(count_up(1, 16), key) == Found::kUnknown);
  CHECK(keys->find("short", key) == Found::kUnknown);
}

TEST_CASE("material of the wrong size, none at all, and two keys of one name are sentences") {
  CHECK(mistake_of({}) == "no ticket key is given");
  for (const std::size_t size : {0U, 16U, 47U, 49U, 79U, 81U, 96U, 160U}) {
    CHECK(mistake_of({count_up(0, 80), count_up(1, size)}) ==
          "ticket key 2 has " + std::to_string(size) +
              " bytes: 80 are needed, or 48 (openssl rand 80 >FILE)");
  }
  CHECK(mistake_of({count_up(0, 80), count_up(1, 48), count_up(0, 48)}) ==
        "ticket key 3 has the name of another (its first 16 bytes)");
  CHECK(mistake_of({count_up(0, 80), count_up(1, 80)}) == "none");
}

TEST_CASE("keys from files resume on another host, in either length, and after one is put first") {
  const auto server_with = [](const std::vector<std::string>& material) {
    core::TlsServerOptions options;
    options.ticket_keys = TicketKeys::from_material(material).value();
    return test::new_server({test::entry_of(test::any_identity())}, options);
  };
  for (const auto version : test::kVersions) {
    for (const std::size_t size : {80U, 48U}) {
      auto options = test::version_only(version);
      options.keep_sessions = true;
      const auto client = test::new_client(options);
      const auto old = count_up(0, size);
      const auto resumes_at = [&](const std::vector<std::string>& material) {
        test::FilterPair first(server_with({old}), *client);
        REQUIRE(first.shake());
        test::FilterPair second(server_with(material), *client, "a.example",
                                first.client.filter->session());
        REQUIRE(second.shake());
        // A ticket of an older key is replaced, and the new one is good.
        test::FilterPair third(server_with(material), *client, "a.example",
                               second.client.filter->session());
        REQUIRE(third.shake());
        if (second.client.filter->session() != nullptr) CHECK(third.server.filter->resumed());
        return second.server.filter->resumed();
      };
      CHECK(resumes_at({old}));
      CHECK(resumes_at({count_up(50, 80), old}));
      CHECK_FALSE(resumes_at({count_up(50, 80)}));
      // The right name with other secrets: no ticket of ours, and no failure either.
      auto other = old;
      other.back() ^= 1;
      other[16] ^= 1;
      CHECK_FALSE(resumes_at({other}));
    }
  }
}
