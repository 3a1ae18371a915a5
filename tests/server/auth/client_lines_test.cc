// Goal: clients take turns, whoever asks for more waits longer for the rest, and no line grows
// beyond its bounds. Method: members made by hand, in tables and in every order of leaving.
#include "server/auth/client_lines.h"

#include <doctest/doctest.h>

#include <array>
#include <deque>
#include <string>

namespace {

using Lines = server::ClientLines;

struct Member : Lines::Member {
  Member(std::uint8_t client, char its_name) : name(its_name) { network[15] = client; }
  const char name;
};

std::string take_all(Lines& lines) {
  std::string order;
  while (Lines::Member* next = lines.take_next()) order += static_cast<Member*>(next)->name;
  return order;
}

}  // namespace

TEST_CASE("clients take turns, each in its own order") {
  struct Case {
    std::string clients;  // of those who come, by name: upper case is one's, digits another's
    std::string order;
  };
  const std::array cases{
      Case{"", ""},       Case{"ABC", "ABC"},     Case{"ABCD1", "A1BCD"},
      Case{"12A", "1A2"}, Case{"AB12x", "A1xB2"}, Case{"ABCD12xyz", "A1xB2yCzD"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.clients);
    Lines lines(100, 100);
    std::deque<Member> members;
    for (const char name : c.clients) {
      const std::uint8_t client = name <= '9' ? 1 : name <= 'Z' ? 2 : 3;
      REQUIRE(lines.try_put(members.emplace_back(client, name)));
    }
    CHECK(lines.waiting() == c.clients.size());
    CHECK(take_all(lines) == c.order);
    CHECK(lines.waiting() == 0);
  }
}

TEST_CASE("behind a thousand of one client another is the next but one") {
  Lines lines(2000, 2000);
  std::deque<Member> flood;
  for (int i = 0; i < 1000; ++i) REQUIRE(lines.try_put(flood.emplace_back(1, 'a')));
  Member other(2, 'b');
  REQUIRE(lines.try_put(other));
  CHECK(static_cast<Member*>(lines.take_next())->name == 'a');
  CHECK(static_cast<Member*>(lines.take_next())->name == 'b');
  // Neither does a client that comes back get in front of the one whose turn it is.
  Member again(2, 'b');
  REQUIRE(lines.try_put(again));
  CHECK(static_cast<Member*>(lines.take_next())->name == 'a');
  CHECK(static_cast<Member*>(lines.take_next())->name == 'b');
  CHECK(take_all(lines) == std::string(998, 'a'));
}

TEST_CASE("who is being served goes behind all who have come meanwhile, and no further") {
  Lines lines(2000, 2000);
  std::deque<Member> members;
  const auto come = [&](std::uint8_t client, char name) {
    REQUIRE(lines.try_put(members.emplace_back(client, name)));
  };
  const auto serve = [&] { return static_cast<Member*>(lines.take_next()); };
  for (int i = 0; i < 3; ++i) come(1, 'a');
  const Member* first = serve();
  REQUIRE(first->name == 'a');
  come(2, 'b');
  come(3, 'c');
  lines.end_service(first->network);
  come(4, 'd');  // too late to get in front of a
  std::string order;
  for (const Member* next = serve(); next != nullptr; next = serve()) {
    order += next->name;
    lines.end_service(next->network);
  }
  CHECK(order == "bcada");
}

TEST_CASE("who alone waits is served by as many as there are") {
  Lines lines(10, 10);
  Member a(1, 'a');
  Member b(1, 'b');
  Member c(1, 'c');
  for (Member* member : {&a, &b, &c}) REQUIRE(lines.try_put(*member));
  CHECK(lines.take_next() == &a);
  CHECK(lines.take_next() == &b);
  Member other(2, 'o');
  REQUIRE(lines.try_put(other));
  CHECK(lines.take_next() == &other);
  CHECK(lines.take_next() == &c);
  CHECK(lines.take_next() == nullptr);
  lines.end_service(a.network);
  // Its line is gone when the last of it was served, and not before.
  Member late(1, 'l');
  REQUIRE(lines.try_put(late));
  lines.end_service(a.network);
  lines.end_service(a.network);
  CHECK(lines.take_next() == &late);
}

TEST_CASE("there is room for so many of one client, and for so many in all") {
  Lines lines(3, 2);
  Member a(1, 'a');
  Member b(1, 'b');
  Member c(1, 'c');
  Member d(2, 'd');
  Member e(3, 'e');
  CHECK(lines.try_put(a));
  CHECK(lines.try_put(b));
  CHECK_FALSE(lines.try_put(c));
  CHECK(lines.try_put(d));
  CHECK_FALSE(lines.try_put(e));
  lines.remove(a);
  CHECK(lines.try_put(c));
  CHECK_FALSE(lines.try_put(e));
  CHECK(take_all(lines) == "bdc");
  CHECK(lines.try_put(e));
  CHECK(take_all(lines) == "e");
}

TEST_CASE("who leaves is not served, wherever it stood") {
  for (std::size_t leaver = 0; leaver < 5; ++leaver) {
    CAPTURE(leaver);
    Lines lines(10, 10);
    std::deque<Member> members;
    for (const char name : std::string("abc12")) {
      REQUIRE(lines.try_put(members.emplace_back(name <= '9' ? 1 : 2, name)));
    }
    lines.remove(members[leaver]);
    lines.remove(members[leaver]);  // once more: nothing
    std::string rest = "abc12";
    rest.erase(leaver, 1);
    CHECK(lines.waiting() == 4);
    std::string seen;
    lines.for_each(
        [&seen](const Lines::Member& member) { seen += static_cast<const Member&>(member).name; });
    CHECK(seen == rest);
    CHECK(take_all(lines).find(members[leaver].name) == std::string::npos);
  }
}
