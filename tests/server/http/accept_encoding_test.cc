// Goal: RFC 9110 12.5.3: a client gets a coding it takes, the one it likes best, and none it has
// not asked for. Method: tables; every row names the rule it stands for.
#include "server/http/accept_encoding.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using server::choose_coding;

namespace {

using Codings = std::vector<std::string_view>;
using Field = std::optional<std::string_view>;
constexpr std::string_view kNone = "(none)";

struct Case {
  const char* rule;
  Field field;
  std::string_view chosen;
};

void check_all(const std::vector<Case>& cases, const Codings& available) {
  for (const Case& c : cases) {
    CAPTURE(c.rule);
    CAPTURE(c.field.value_or("(absent)"));
    CHECK(choose_coding(c.field, available).value_or(kNone) == c.chosen);
  }
}

}  // namespace

TEST_CASE("RFC 9110 12.5.3: br, gzip and identity, in the server's order") {
  const std::vector<Case> cases = {
      {"12.5.3, 1: absent, any coding would do; none was asked for", {}, "identity"},
      {"12.5.3: empty, the client wants no coding", "", "identity"},
      {"5.6.1.2: empty elements do not count", " , ,", "identity"},
      {"12.5.3, 3: listed", "gzip", "gzip"},
      {"12.5.3, 3: listed", "br", "br"},
      {"12.5.3: without weights, the server's order", "gzip, br", "br"},
      {"12.5.3: without weights, the server's order", "gzip, deflate, br, zstd", "br"},
      {"8.4.1: names of codings are case-insensitive", "GZip", "gzip"},
      {"8.4.1.3: x-gzip is gzip", "x-gzip", "gzip"},
      {"8.4.1.3: x-gzip is gzip", "br;q=0.1, X-GZIP;q=0.2", "gzip"},
      {"12.5.3: what is not listed is not sent", "deflate", "identity"},
      {"12.5.3: what is not listed is not sent", "zstd, compress;q=0.5", "identity"},
      {"12.5.3: the highest weight", "br;q=0.5, gzip;q=0.8", "gzip"},
      {"12.5.3: the highest weight", "gzip;q=0.999, br;q=1.000", "br"},
      {"12.4.2: 1 without weight", "br;q=0.9, gzip", "gzip"},
      {"12.4.2: three decimals count", "br;q=0.001, gzip;q=0.002", "gzip"},
      {"12.4.2: equal however written", "gzip;q=0.5, br;q=0.500", "br"},
      {"12.4.2: 0. and 1. are weights", "br;q=0., gzip;q=1.", "gzip"},
      {"12.4.2: q is case-insensitive (5.6.6)", "br;Q=0.1, gzip;q=0.2", "gzip"},
      {"12.4.2: OWS around the semicolon", "br ; q=0.1,\tgzip\t;\tq=0.2", "gzip"},
      {"12.4.2: 0 is not acceptable", "br;q=0, gzip", "gzip"},
      {"12.4.2: 0 is not acceptable", "br;q=0.000, gzip;q=0.001", "gzip"},
      {"12.5.3, 2: identity stays acceptable", "br;q=0, gzip;q=0", "identity"},
      {"12.5.3: identity behind what is named, whatever its weight", "gzip;q=0.001", "gzip"},
      {"12.5.3: identity named, with a higher weight", "gzip;q=0.5, identity", "identity"},
      {"12.5.3: identity named, with a lower weight", "gzip, identity;q=0.5", "gzip"},
      {"12.5.3: identity named, with the same: the server's order", "identity, gzip", "gzip"},
      {"12.5.3: identity;q=0 leaves the others", "identity;q=0, gzip;q=0.1", "gzip"},
      {"12.5.3, 2: identity;q=0 alone", "identity;q=0", kNone},
      {"12.5.3, 2: identity;q=0 with others that we lack", "identity;q=0, zstd", kNone},
      {"12.5.3, 2: *;q=0", "*;q=0", kNone},
      {"12.5.3, 2: *;q=0 with what we lack", "zstd, *;q=0", kNone},
      {"12.5.3, 2: *;q=0 with a more specific entry", "*;q=0, identity", "identity"},
      {"12.5.3, 2: *;q=0 with a more specific entry", "*;q=0, identity;q=0.1", "identity"},
      {"12.5.3: an example of the RFC", "gzip;q=1.0, identity; q=0.5, *;q=0", "gzip"},
      {"12.5.3: an example of the RFC", "compress;q=0.5, gzip;q=1.0", "gzip"},
      {"12.5.3: * matches all", "*", "br"},
      {"12.5.3: * matches what is not listed", "br;q=0.5, *", "gzip"},
      {"12.5.3: * matches what is not listed", "br;q=0, gzip;q=0, *", "identity"},
      {"12.5.3: * matches what is not listed, wherever it stands", "*;q=0.1, gzip;q=0.2", "gzip"},
      {"12.5.3: * gives identity its weight too", "gzip;q=0.1, br;q=0.1, *", "identity"},
      {"5.6.1: lines joined with a comma", "deflate, gzip;q=0.1", "gzip"},
  };
  check_all(cases, {"br", "gzip", "identity"});
}

TEST_CASE("RFC 9110 12.4.2: an element with a weight that is none is ignored, and only that") {
  for (const std::string_view weight :
       {"q=", "q=2", "q=1.1", "q=1.001", "q=0.1234", "q=1.0000", "q=00", "q=.5", "q=-1", "q=a",
        "q=0.5;x=1", "q =1", "q= 1", "q", "", "level=1", "q=0.5 x", "q=1e0", "q=\"1\""}) {
    CAPTURE(weight);
    const std::string field = "br;" + std::string(weight) + ", gzip;q=0.1";
    const Codings available{"br", "gzip", "identity"};
    CHECK(choose_coding(field, available) == "gzip");
    const std::string any = "*;" + std::string(weight);
    CHECK(choose_coding(any, available) == "identity");
  }
  // 5.6.2: a coding is a token.
  const Codings available{"br", "identity"};
  for (const std::string_view field : {"b r", "br gzip", "\"br\"", ";q=1", "(br)"}) {
    CAPTURE(field);
    CHECK(choose_coding(field, available) == "identity");
  }
}

TEST_CASE("RFC 9110 12.5.3: other sets of codings") {
  check_all({{"12.5.3, 1: any coding is acceptable", {}, "gzip"},
             {"12.5.3: listed", "br, gzip;q=0.1", "gzip"},
             {"12.5.3: empty, no coding is wanted and there is nothing else", "", kNone},
             {"12.5.3: not listed", "br", kNone}},
            {"gzip"});
  check_all({{"12.5.3, 1", {}, "identity"},
             {"12.5.3, 2", "gzip", "identity"},
             {"12.5.3, 2", "identity;q=0", kNone}},
            {"identity"});
  check_all({{"12.5.3: the server's order puts identity first", "gzip, identity", "identity"},
             {"12.5.3: the server's order puts identity first", "*", "identity"},
             {"12.5.3: named goes before unnamed all the same", "gzip", "gzip"}},
            {"identity", "gzip"});
  check_all({{"8.4.1.1: x-compress is compress", "x-compress", "compress"}},
            {"compress", "identity"});
  check_all({{"nothing to choose from", {}, kNone}, {"nothing to choose from", "*", kNone}}, {});
}
