// Goal: a password is right for the hash that another program made of it, and nothing else is.
// Method: the table of such hashes; the limits; hashes that crypt(3) fails on; our own hashes read
// back; the choice of a cost by table.

#include "core/password/password_hasher.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/core/base/death.h"
#include "tests/core/password/stored_hashes.h"

using core::PasswordHash;
using core::PasswordHasher;
using core::read_password_hash;
using std::chrono::milliseconds;

TEST_CASE("passwords are right for hashes of other programs, others are wrong") {
  PasswordHasher hasher;
  for (const test::StoredHash& stored : test::kStoredHashes) {
    CAPTURE(stored.text);
    const PasswordHash hash = *read_password_hash(stored.text);
    const std::string password(stored.password);
    CHECK(hasher.verify(password, hash));
    CHECK(hasher.verify("", hash) == password.empty());
    CHECK(!hasher.verify(password + "x", hash));
    CHECK(!hasher.verify("Password", hash));
    if (!password.empty()) {
      CHECK(!hasher.verify(password.substr(1), hash));
      CHECK(!hasher.verify(password.substr(0, password.size() - 1), hash));
    }
    CHECK(hasher.verify(password, hash));
  }
}

TEST_CASE("a password behind 72 bytes or with a NUL is wrong, although bcrypt would not see it") {
  PasswordHasher hasher;
  const PasswordHash full =
      *read_password_hash("$2y$04$MuSBKdTW/atTvb.mGIOZ7.da9R4DUepT54r9NK2Gbvtsy21IQdAd2");
  const std::string password(test::kSeventyTwo);
  CHECK(hasher.verify(password, full));
  CHECK(!hasher.verify(password + "x", full));
  CHECK(!hasher.verify(std::string(100'000, 'x'), full));
  const PasswordHash empty =
      *read_password_hash("$2y$04$0w.L19vpP5aT0cp.ZkISq.CapgcqjL.qvQ8WOnTybsRiVixmhg9Fi");
  CHECK(hasher.verify("", empty));
  CHECK(!hasher.verify(std::string(1, '\0'), empty));
  const PasswordHash colons =
      *read_password_hash("$2y$04$SD2XQPrCMCLIu9iIbD5SHOtssCwE15BlHH1s5FfZsikQYFvlMxc0.");
  CHECK(!hasher.verify(std::string("a:b:c\0", 6), colons));
  CHECK(!hasher.verify(std::string("a:b:c\0x", 7), colons));
}

TEST_CASE("every character of the digest counts") {
  PasswordHasher hasher;
  const PasswordHash hash =
      *read_password_hash("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
  for (std::size_t at = hash.settings_size; at < hash.text.size(); ++at) {
    PasswordHash changed = hash;
    changed.text[at] = changed.text[at] == 'e' ? 'i' : 'e';
    CAPTURE(changed.text);
    CHECK(!hasher.verify("U*U", changed));
  }
}

TEST_CASE("no password is right for a hash without one") {
  PasswordHasher hasher;
  for (const test::StoredHash& stored : test::kStoredHashes) {
    const PasswordHash nobody = core::without_password(*read_password_hash(stored.text));
    CHECK(!hasher.verify(stored.password, nobody));
    CHECK(!hasher.verify("", nobody));
    CHECK(!hasher.verify(nobody.text.substr(nobody.settings_size), nobody));
  }
}

// None of these comes out of read_password_hash.
TEST_CASE("what crypt fails with is no match, even when the hash is that very text") {
  PasswordHasher hasher;
  for (const std::string text : {"*0", "*1", "", "$2b$03$abcdefghijklmnopqrstuu"}) {
    for (const std::size_t settings_size : {std::size_t{0}, text.size()}) {
      CAPTURE(text);
      CAPTURE(settings_size);
      CHECK(!hasher.verify("secret", PasswordHash{test::Kind::kBcrypt, text, 4, settings_size}));
      CHECK(!hasher.verify("", PasswordHash{test::Kind::kBcrypt, text, 4, settings_size}));
    }
  }
}

TEST_CASE("a new hash is right for its password, and never the same twice") {
  PasswordHasher hasher;
  for (const std::string password : {"", "secret", "pässwörd €"}) {
    const std::string text = hasher.hash(password, 4);
    CHECK(text != hasher.hash(password, 4));
    const auto hash = read_password_hash(text);
    REQUIRE(hash);
    CHECK(text.starts_with("$2b$04$"));
    CHECK(hash->cost == 4);
    CHECK(hasher.verify(password, *hash));
    CHECK(!hasher.verify(password + "!", *hash));
  }
  const std::string longest(core::kPasswordBytesMax, 'x');
  CHECK(hasher.verify(longest, *read_password_hash(hasher.hash(longest, 5))));
}

TEST_CASE("a hash of what would not be a password is a programmer's mistake") {
  const auto dies = [](const std::string& password, unsigned cost) {
    return test::death_of([&] { static_cast<void>(PasswordHasher().hash(password, cost)); })
        .aborted;
  };
  CHECK(!dies("secret", 4));
  CHECK(dies(std::string(core::kPasswordBytesMax + 1, 'x'), 4));
  CHECK(dies(std::string("a\0b", 3), 4));
  CHECK(dies("secret", core::kBcryptCostMin - 1));
  CHECK(dies("secret", core::kBcryptCostMax + 1));
}

TEST_CASE("the cost is the one that comes nearest to the time, but at least 10") {
  struct Choice {
    milliseconds target;
    milliseconds one_hash;
    unsigned measured_cost;
    unsigned chosen;
  };
  const std::vector<Choice> choices{{milliseconds(100), milliseconds(100), 12, 12},
                                    {milliseconds(100), milliseconds(13), 8, 11},
                                    {milliseconds(100), milliseconds(50), 8, 10},
                                    {milliseconds(100), milliseconds(400), 8, 10},
                                    {milliseconds(130), milliseconds(100), 12, 12},
                                    {milliseconds(150), milliseconds(100), 12, 13},
                                    {milliseconds(80), milliseconds(100), 12, 12},
                                    {milliseconds(60), milliseconds(100), 12, 11},
                                    {milliseconds(1'000'000'000), milliseconds(1), 12, 31}};
  for (const Choice& choice : choices) {
    CAPTURE(choice.target.count());
    CAPTURE(choice.one_hash.count());
    CHECK(core::choose_bcrypt_cost(choice.target, choice.one_hash, choice.measured_cost) ==
          choice.chosen);
  }
  CHECK(core::choose_bcrypt_cost(std::chrono::nanoseconds(1)) == core::kBcryptCostChosenMin);
}

TEST_CASE("an estimate doubles with each step of the cost") {
  const auto at_4 = core::estimate_bcrypt_time(4);
  const auto at_10 = core::estimate_bcrypt_time(10);
  CHECK(at_4.count() > 0);
  CHECK(at_10 > at_4 * 32);
  CHECK(at_10 < at_4 * 128);
}
