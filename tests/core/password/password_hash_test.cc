// Goal: what other programs store is taken for what it is, and all that crypt(3) never writes is
// refused with what to do. Method: tables; then every hash of the table cut off, made longer, and
// with each of its characters changed.

#include "core/password/password_hash.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/core/password/stored_hashes.h"

namespace {

using core::read_password_hash;

struct Refused {
  std::string text;
  std::string message;  // a part
};

void check_refused(const std::vector<Refused>& examples) {
  for (const Refused& example : examples) {
    CAPTURE(example.text);
    const auto hash = read_password_hash(example.text);
    REQUIRE(!hash);
    CAPTURE(hash.error());
    CHECK(hash.error().find(example.message) != std::string::npos);
    CHECK(hash.error().find("`ouro hash-password`") != std::string::npos);
  }
}

}  // namespace

TEST_CASE("hashes of other programs are recognised") {
  for (const test::StoredHash& stored : test::kStoredHashes) {
    CAPTURE(stored.text);
    const auto hash = read_password_hash(stored.text);
    REQUIRE(hash);
    CHECK(hash->kind == stored.kind);
    CHECK(hash->cost == stored.cost);
    CHECK(hash->text == stored.text);
    CHECK(hash->settings() == stored.text.substr(0, stored.settings_size));
  }
}

TEST_CASE("the least and the most of what settings may say") {
  const std::string bcrypt_end = "$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
  const std::string sha_end = "$ab$lUCbt9XtIcgnEwqC0F1ZqnVZJuvR2.Yizn/Gj0BBD9/";
  const std::string sha_digest = "$lUCbt9XtIcgnEwqC0F1ZqnVZJuvR2.Yizn/Gj0BBD9/";
  const std::string yescrypt_end =
      "$9w5l26pkHlZ1Wv1qXBtjT.$PRkT6q.qp0O5h/BpEfXiQDKY0rQ/ij61tbfJAvRyeB5";
  CHECK(read_password_hash("$2b$04" + bcrypt_end)->cost == 4);
  CHECK(read_password_hash("$2b$31" + bcrypt_end)->cost == 31);
  CHECK(read_password_hash("$5$rounds=999999999" + sha_end)->cost == 999'999'999);
  CHECK(read_password_hash("$5$" + sha_digest));
  CHECK(read_password_hash("$5$0123456789abcdef" + sha_digest));
  CHECK(read_password_hash("$y$jFT" + yescrypt_end)->cost == 18);
  check_refused({{"$2b$03" + bcrypt_end, "4 to 31"},
                 {"$2b$32" + bcrypt_end, "4 to 31"},
                 {"$2b$4$" + bcrypt_end, "without a cost"},
                 {"$5$rounds=999" + sha_end, "1000 to"},
                 {"$5$rounds=1000000000" + sha_end, "1000 to"},
                 {"$5$rounds=99999999999999999999" + sha_end, "1000 to"},
                 {"$5$rounds=05000" + sha_end, "1000 to"},
                 {"$5$rounds=1e4" + sha_end, "1000 to"},
                 {"$5$rounds=" + sha_end, "1000 to"},
                 {"$5$rounds=5000", "1000 to"},
                 {"$5$0123456789abcdefg" + sha_digest, "over 16 characters"},
                 {"$y$j65" + yescrypt_end, "unusual settings"},
                 {"$y$jGT" + yescrypt_end, "unusual settings"},
                 {"$y$j7U" + yescrypt_end, "unusual settings"},
                 {"$y$/75" + yescrypt_end, "unusual settings"},
                 {"$y$j75." + yescrypt_end, "unusual settings"}});
}

TEST_CASE("what is guessed too fast, or is no hash, is refused by its name") {
  check_refused({
      {"$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/", "is an MD5 hash ($apr1$)"},
      {"$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1", "is an MD5 hash ($1$)"},
      {"{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", "is a SHA-1 hash without a salt ({SHA})"},
      {"{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQAAAA=", "is a SHA-1 hash ({SSHA})"},
      {"$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "$2x$"},
      {"$2$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "$2$"},
      {"$7$CU..../....abc$def", "kind that is not accepted"},
      {"$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", "kind that is not accepted"},
      {"{PLAIN}open", "kind that is not accepted"},
      {"lm28Fua6v0zXo", "is a DES hash"},
      {"_J9..rasmBYk8r9AiWNc", "is a DES hash"},
      {"open sesame", "is a password that nobody hashed"},
      {"*", "locked account"},
      {"!", "locked account"},
      {"*0", "locked account"},
      {"", "is empty"},
  });
}

TEST_CASE("what is refused is not repeated: it may be a password") {
  for (const std::string text : {"open sesame", "$1$open sesame", "{open sesame}", "$5$open"}) {
    const auto hash = read_password_hash(text);
    REQUIRE(!hash);
    CHECK(hash.error().find("open") == std::string::npos);
  }
}

TEST_CASE("a hash that was cut off, or made longer, is refused") {
  for (const test::StoredHash& stored : test::kStoredHashes) {
    const std::string text(stored.text);
    for (std::size_t size = 0; size < text.size(); ++size) {
      CAPTURE(text.substr(0, size));
      CHECK(!read_password_hash(text.substr(0, size)));
    }
    for (const char c : {'.', 'a', '\n', ' ', '$', '\0'}) CHECK(!read_password_hash(text + c));
    CHECK(!read_password_hash(text + text));
  }
}

TEST_CASE("a hash with a character that crypt never writes is refused") {
  for (const test::StoredHash& stored : test::kStoredHashes) {
    for (std::size_t at = 0; at < stored.text.size(); ++at) {
      for (const char c : {'!', ':', ' ', '*', '\\', '\0', '\n', '\xC3'}) {
        std::string text(stored.text);
        text[at] = c;
        CAPTURE(text);
        CHECK(!read_password_hash(text));
      }
    }
  }
}

// The last character holds fewer bits than it could, so of 64 some are never written.
TEST_CASE("a digest or salt whose last character has bits that crypt leaves 0 is refused") {
  struct Last {
    test::Kind kind;
    int possible;
  };
  const std::string alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const std::vector<Last> lasts{{test::Kind::kBcrypt, 16},
                                {test::Kind::kSha256, 16},
                                {test::Kind::kSha512, 4},
                                {test::Kind::kYescrypt, 16}};
  const auto possible_at = [&alphabet](std::string text, std::size_t at) {
    int possible = 0;
    for (const char c : alphabet) {
      text[at] = c;
      possible += read_password_hash(text) ? 1 : 0;
    }
    return possible;
  };
  for (const test::StoredHash& stored : test::kStoredHashes) {
    CAPTURE(stored.text);
    const std::string text(stored.text);
    for (const Last& last : lasts) {
      if (last.kind == stored.kind) CHECK(possible_at(text, text.size() - 1) == last.possible);
    }
    if (stored.kind == test::Kind::kBcrypt) CHECK(possible_at(text, 28) == 4);
    if (stored.kind == test::Kind::kYescrypt) CHECK(possible_at(text, 28) == 4);
  }
}

TEST_CASE("a hash without a password keeps the settings and has a digest that crypt cannot write") {
  for (const test::StoredHash& stored : test::kStoredHashes) {
    const core::PasswordHash hash = *read_password_hash(stored.text);
    const core::PasswordHash changed = core::without_password(hash);
    CHECK(changed.kind == hash.kind);
    CHECK(changed.cost == hash.cost);
    CHECK(changed.settings() == hash.settings());
    CHECK(changed.text.size() == hash.text.size());
    CHECK(changed.text.find_first_not_of('*', changed.settings_size) == std::string::npos);
    CHECK(!read_password_hash(changed.text));
  }
}
