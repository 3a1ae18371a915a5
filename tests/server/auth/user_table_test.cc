// Goal: of a file of users the good lines let in, each mistake is said with its line and column,
// and whoever is not there has a stand-in that is not to be told from a user. Method: files by
// table; stand-ins counted and compared; a file of 10,000 users.

#include "server/auth/user_table.h"

#include <doctest/doctest.h>
#include <time.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "core/password/password_hasher.h"

namespace {

using core::PasswordHash;
using server::UserTable;

const std::string kHash = "$2y$04$/he2Nkdja.tVf1IiKEuDO.FDsoxDqIYINx9JcvFwplz4YXItRU0lK";
const std::string kOther = "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5";
constexpr core::SipKey kKey{1, 2};

// Read from left to right: each "U" becomes a hash, each "V" another.
std::string filled(std::string text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == 'U')
      text.replace(at, 1, kHash), at += kHash.size() - 1;
    else if (text[at] == 'V')
      text.replace(at, 1, kOther), at += kOther.size() - 1;
  }
  return text;
}

struct Right {
  std::string text;
  std::vector<std::string> users;
};

struct Wrong {
  std::string text;
  std::size_t line;
  std::size_t column;
  std::string message;             // a part
  std::vector<std::string> users;  // who get in all the same
};

void check_users(const UserTable& table, const std::vector<std::string>& users) {
  CHECK(table.size() == users.size());
  for (const std::string& user : users) {
    CAPTURE(user);
    CHECK(table.find(user) != nullptr);
  }
}

std::string with_users(std::size_t count, const std::string& hash, const std::string& prefix) {
  std::string text;
  for (std::size_t number = 0; number < count; ++number) {
    text += prefix + std::to_string(number) + ":" + hash + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("files that are right") {
  const std::vector<Right> examples{
      {"", {}},
      {"\n", {}},
      {"# nobody yet\n", {}},
      {"ada:U", {"ada"}},
      {"ada:U\n", {"ada"}},
      {"ada:U\nbob:V\n", {"ada", "bob"}},
      {"ada:U\r\nbob:V\r\n\r\n", {"ada", "bob"}},
      {"ada:U \t\nbob:V  \r\n", {"ada", "bob"}},
      {"\n\n# who\n  # where\n \t\nada:U\n#bob:U\n", {"ada"}},
      {"\xEF\xBB\xBF"
       "ada:U\n",
       {"ada"}},
      {"\xEF\xBB\xBF# who\nada:U\n", {"ada"}},
      {"zoé:U\n山田:V\nAda Lovelace:U\n", {"zoé", "山田", "Ada Lovelace"}},
      {"ada:U\nAda:V\n", {"ada", "Ada"}},
      {std::string(255, 'a') + ":U\n", {std::string(255, 'a')}},
  };
  for (const Right& example : examples) {
    CAPTURE(example.text);
    const UserTable::Parsed parsed = UserTable::parse(filled(example.text));
    CHECK(parsed.mistakes.empty());
    REQUIRE(parsed.table);
    check_users(*parsed.table, example.users);
  }
}

TEST_CASE("each user has the hash of the line, and nobody else has one") {
  const auto table = UserTable::parse(filled("ada:U\n bob:U\nbob:V\n")).table;
  CHECK(table->find("ada")->text == kHash);
  CHECK(table->find("bob")->text == kOther);
  CHECK(table->find("bob")->kind == PasswordHash::Kind::kSha256);
  for (const std::string nobody : {"", "ad", "adaa", "ADA", " bob", "ada:", "ada\n"}) {
    CHECK(table->find(nobody) == nullptr);
  }
}

TEST_CASE("mistakes are said with their line and column, and let nobody in") {
  const std::vector<Wrong> examples{
      {"ada\n", 1, 1, "no colon", {}},
      {"ada:U\nbob U\n", 2, 1, "no colon", {"ada"}},
      {"\n# c\n:U\nada:U", 3, 1, "the name is empty", {"ada"}},
      {"ada:\n", 1, 5, "the hash of \"ada\" is empty", {}},
      {"ada:secret\nbob:U\n", 1, 5, "the hash of \"ada\" is a password that nobody", {"bob"}},
      {"zoé:$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1\n", 1, 5, "is an MD5 hash ($1$)", {}},
      {"ada: U\n", 1, 5, "a blank in front of the hash", {}},
      {"ada :U\n", 1, 4, "ends with a blank", {}},
      {" ada:U\nbob:U\n", 1, 1, "begins with a blank", {"bob"}},
      {"ada:U:comment\n", 1, 65, "second colon", {}},
      {"ada:U:\n", 1, 65, "second colon", {}},
      {"ada:Ux\n", 1, 5, "of 61 characters", {}},
      {"ada:U\rbob:U\n", 1, 69, "second colon", {}},
      {"zo\xE9:U\n", 1, 3, "not UTF-8", {}},
      {"山田\x01:U\n", 1, 3, "control character", {}},
      {std::string(256, 'a') + ":U\n", 1, 1, "256 bytes", {}},
      {"\xEF\xBB\xBF"
       "ada:x\n",
       1,
       5,
       "nobody hashed",
       {}},
      {"ada:U\n\xEF\xBB\xBF"
       "bob:U\n",
       2,
       1,
       "nobody sees",
       {"ada"}},
      {"ada:U\nbob:U\n\nada:V\n", 4, 1, "\"ada\" is in line 1 already", {"bob"}},
      {"bob:U\nada:U\nada:U\n", 3, 1, "\"ada\" is in line 2 already", {"bob"}},
      {"ada:U\nada:oops\n", 2, 1, "\"ada\" is in line 1 already", {}},
  };
  for (const Wrong& example : examples) {
    CAPTURE(example.text);
    const UserTable::Parsed parsed = UserTable::parse(filled(example.text));
    REQUIRE(parsed.mistakes.size() == 1);
    const UserTable::Mistake& mistake = parsed.mistakes.front();
    CAPTURE(mistake.message);
    CHECK(mistake.line == example.line);
    CHECK(mistake.column == example.column);
    CHECK(mistake.message.find(example.message) != std::string::npos);
    check_users(*parsed.table, example.users);
  }
}

TEST_CASE("a broken line is no user, nor is the other line of its name") {
  const auto parsed = UserTable::parse(filled("ada:oops\nada:U\nada:V\nbob:U\n"));
  REQUIRE(parsed.mistakes.size() == 3);
  CHECK(parsed.mistakes[0].line == 1);
  CHECK(parsed.mistakes[1].line == 2);
  CHECK(parsed.mistakes[2].line == 3);
  CHECK(parsed.mistakes[2].message.find("line 1") != std::string::npos);
  check_users(*parsed.table, {"bob"});
}

TEST_CASE("a binary file has mistakes and no users") {
  std::string text;
  for (int value = 0; value < 2560; ++value) text.push_back(static_cast<char>(value % 256));
  const auto parsed = UserTable::parse(text);
  CHECK(parsed.mistakes.size() == 11);
  CHECK(parsed.table->size() == 0);
}

TEST_CASE("an empty table has a stand-in: bcrypt with cost 10, which no password matches") {
  const auto table = UserTable::parse("").table;
  const PasswordHash& nobody = table->stand_in("ada");
  CHECK(nobody.kind == PasswordHash::Kind::kBcrypt);
  CHECK(nobody.cost == 10);
  CHECK(nobody.text.size() == kHash.size());
  CHECK(nobody.settings() == "$2b$10$......................");
  CHECK(!core::read_password_hash(nobody.text));
  core::PasswordHasher hasher;
  timespec before{};
  timespec after{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
  CHECK(!hasher.verify("secret", nobody));
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
  // crypt_r did hash: 1024 rounds in less than 5 ms are on no machine.
  CHECK((after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1'000'000 >= 5);
}

TEST_CASE("a stand-in has the settings of a user and no password") {
  const auto table = UserTable::parse(filled("ada:U\nbob:V\n"), kKey).table;
  core::PasswordHasher hasher;
  for (int number = 0; number < 20; ++number) {
    const PasswordHash& nobody = table->stand_in("nobody" + std::to_string(number));
    const bool is_adas = nobody.settings() == table->find("ada")->settings();
    const bool is_bobs = nobody.settings() == table->find("bob")->settings();
    CHECK((is_adas || is_bobs));
    CHECK(!hasher.verify("correct horse battery staple", nobody));
    CHECK(!hasher.verify("Hello world!", nobody));
    CHECK(!core::read_password_hash(nobody.text));
  }
}

TEST_CASE("what logins cost is known of each user, and of nobody in an empty table") {
  const auto table = UserTable::parse(filled("ada:U\nbob:V\n"), kKey).table;
  REQUIRE(table->settings().size() == 2);
  for (const PasswordHash& hash : table->settings()) {
    CHECK((hash.settings() == table->find("ada")->settings() ||
           hash.settings() == table->find("bob")->settings()));
    CHECK(hash.text != table->find("ada")->text);
    CHECK(hash.text != table->find("bob")->text);
  }
  CHECK(UserTable::parse("", kKey).table->settings().empty());
}

TEST_CASE("stand-ins are spread as users are, stay the same and are another process's choice") {
  const std::string text = with_users(30, kHash, "b") + with_users(10, kOther, "s");
  const auto table = UserTable::parse(text, kKey).table;
  const auto again = UserTable::parse(text, kKey).table;
  const auto elsewhere = UserTable::parse(text, core::SipKey{3, 4}).table;
  int bcrypt = 0;
  int differ = 0;
  for (int number = 0; number < 4000; ++number) {
    const std::string name = "nobody" + std::to_string(number);
    const PasswordHash& nobody = table->stand_in(name);
    CHECK(&nobody == &table->stand_in(name));
    CHECK(nobody == again->stand_in(name));
    bcrypt += nobody.kind == PasswordHash::Kind::kBcrypt ? 1 : 0;
    differ += nobody.kind != elsewhere->stand_in(name).kind ? 1 : 0;
  }
  // 3000 of 4000, give or take five standard deviations; two choices differ for 2 x 3/4 x 1/4.
  CHECK(bcrypt > 2860);
  CHECK(bcrypt < 3140);
  CHECK(differ > 1340);
  CHECK(differ < 1660);
}

TEST_CASE("one more user leaves most stand-ins what they cost") {
  const std::string text = with_users(30, kHash, "b") + with_users(10, kOther, "s");
  const auto before = UserTable::parse(text, kKey).table;
  const auto after = UserTable::parse("new:" + kHash + "\n" + text, kKey).table;
  int changed = 0;
  for (int number = 0; number < 4000; ++number) {
    const std::string name = "nobody" + std::to_string(number);
    changed += before->stand_in(name).kind != after->stand_in(name).kind ? 1 : 0;
  }
  CHECK(changed < 80);
}

TEST_CASE("the key of a process is random and stays") {
  CHECK(&UserTable::process_key() == &UserTable::process_key());
  CHECK(UserTable::process_key().low != UserTable::process_key().high);
}

TEST_CASE("10,000 users are read in well under a second") {
  const std::string text = with_users(10'000, kHash, "user");
  const auto begin = std::clock();
  const auto parsed = UserTable::parse(text);
  const auto seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  CHECK(parsed.mistakes.empty());
  CHECK(parsed.table->size() == 10'000);
  CHECK(parsed.table->find("user9999") != nullptr);
  CHECK(seconds < 0.8);
}
