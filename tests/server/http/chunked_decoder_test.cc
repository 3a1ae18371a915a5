// Goal: chunks are read as RFC 9112 7.1 writes them and in no other way, every limit holds at its
// number and at one more, and a chunk that is too large is known before any of it is read. Method:
// tables; every row in one piece, byte by byte and cut once at every place; the limits by inputs of
// exactly that size.
#include "server/http/chunked_decoder.h"

#include <doctest/doctest.h>

#include <array>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using server::ChunkedDecoder;
using Result = ChunkedDecoder::Result;

constexpr std::uint64_t kPlenty = 1'000'000;

// What a caller has after all of the input, or at the first verdict.
struct Outcome {
  Result result = Result::kMore;
  std::size_t consumed = 0;
  std::string content;
};

bool operator==(const Outcome& a, const Outcome& b) {
  return a.result == b.result && a.consumed == b.consumed && a.content == b.content;
}

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  constexpr std::array<std::string_view, 4> kNames = {"more", "end", "bad", "too large"};
  return out << kNames[static_cast<std::size_t>(outcome.result)] << " after " << outcome.consumed
             << ": \"" << outcome.content << '"';
}

// Gives `piece` to the decoder until it is consumed or judged. Content must be what the piece ends
// with as far as it was consumed.
void decode_piece(ChunkedDecoder& decoder, std::string_view piece, Outcome& outcome) {
  while (!piece.empty() && outcome.result == Result::kMore) {
    const ChunkedDecoder::Step step = decoder.step(piece);
    REQUIRE(step.consumed > 0);
    REQUIRE(step.consumed <= piece.size());
    REQUIRE(piece.substr(0, step.consumed).ends_with(step.content));
    outcome.content += step.content;
    outcome.consumed += step.consumed;
    outcome.result = step.result;
    piece.remove_prefix(step.consumed);
  }
}

Outcome decode(std::string_view bytes, std::uint64_t content_bytes_max = kPlenty,
               std::vector<std::size_t> cuts = {}) {
  ChunkedDecoder decoder(content_bytes_max);
  Outcome outcome;
  cuts.push_back(bytes.size());
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    decode_piece(decoder, bytes.substr(begin, cut - begin), outcome);
    begin = cut;
  }
  return outcome;
}

// The outcome, which is the same however the bytes are cut.
Outcome outcome_of(const std::string& bytes, std::uint64_t content_bytes_max = kPlenty) {
  Outcome whole = decode(bytes, content_bytes_max);
  std::vector<std::size_t> everywhere;
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    everywhere.push_back(cut);
    if (bytes.size() > 200) continue;  // the square of the size
    CAPTURE(cut);
    CHECK(decode(bytes, content_bytes_max, {cut}) == whole);
  }
  CHECK(decode(bytes, content_bytes_max, everywhere) == whole);
  return whole;
}

Result result_of(const std::string& bytes, std::uint64_t content_bytes_max = kPlenty) {
  return outcome_of(bytes, content_bytes_max).result;
}

constexpr std::string_view kEnd = "0\r\n";

}  // namespace

TEST_CASE("chunks as the grammar has them") {
  struct Row {
    std::string bytes;
    std::string content;
  };
  const std::array rows = {
      Row{"0\r\n", ""},
      Row{"5\r\nhello\r\n0\r\n", "hello"},
      Row{"5\r\nhello\r\n7\r\n, world\r\n0\r\n", "hello, world"},
      Row{"a\r\n0123456789\r\n0\r\n", "0123456789"},
      Row{"A\r\n0123456789\r\n0\r\n", "0123456789"},
      Row{"1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n", "abcdefghijklmnopqrstuvwxyz"},
      Row{"005\r\nhello\r\n000\r\n", "hello"},
      // Content may look like framing.
      Row{"7\r\n\r\n0\r\n\r\n\r\n0\r\n", "\r\n0\r\n\r\n"},
      Row{"1\r\n\n\r\n1\r\n\r\r\n0\r\n", "\n\r"},
      // RFC 9112 7.1.1: extensions, which are ignored; 9110 5.6.3: BWS in bad old senders.
      Row{"5;name\r\nhello\r\n0\r\n", "hello"},
      Row{"5;name=value\r\nhello\r\n0\r\n", "hello"},
      Row{"5;a;b=1;c\r\nhello\r\n0;last=1\r\n", "hello"},
      Row{"5 ;a\r\nhello\r\n0\r\n", "hello"},
      Row{"5\t ; \ta \t= \tb \t;c\r\nhello\r\n0\r\n", "hello"},
      Row{"5;a ;b\r\nhello\r\n0\r\n", "hello"},
      Row{"5;!#$%&'*+-.^_`|~09az=AZ\r\nhello\r\n0\r\n", "hello"},
      Row{"5;a=\"\"\r\nhello\r\n0\r\n", "hello"},
      Row{"5;a=\"b\" ;c\r\nhello\r\n0\r\n", "hello"},
      Row{"5;a=\"; = , \t\x80\xff\"\r\nhello\r\n0\r\n", "hello"},
      Row{"5;a=\"\\\"\\\\\\ \\\t\"\r\nhello\r\n0\r\n", "hello"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.bytes);
    CHECK(outcome_of(row.bytes) == Outcome{Result::kEnd, row.bytes.size(), row.content});
    // What stands behind the last chunk's line is left alone: the trailer section.
    CHECK(outcome_of(row.bytes + "X: y\r\n\r\n") ==
          Outcome{Result::kEnd, row.bytes.size(), row.content});
  }
}

TEST_CASE("what the grammar does not have is broken framing") {
  const std::array<std::string, 56> rows = {
      // Sizes.
      "\r\n", " 5\r\n", "\t5\r\n", "+5\r\n", "-5\r\n", "-0\r\n", "0x5\r\n", "x5\r\n", "g\r\n",
      "5h\r\n", "5_\r\n", "5.0\r\n", "\"5\"\r\n", ";a\r\n", "=5\r\n", "5,5\r\n",
      std::string("5\0\r\n", 4), "\x80\r\n", "5\x0b\r\n",
      // Line ends.
      "5\n", "5\rh", "5\r\r\n", "5 \r\n", "5\t\r\n", "0\n", "0\r0", "5\r\nhello\n", "5\r\nhello0",
      "5\r\nhello\r0", "5\r\nhello\r\r\n", "5\r\nhello!\r\n", "5\r\nhello\r\n\r\n",
      "5\r\nhello\r\n 0\r\n",
      // Names.
      "5;\r\n", "5; \r\n", "5;;a\r\n", "5;a;\r\n", "5;=b\r\n", "5;a b\r\n", "5;a \r\n", "5;a@\r\n",
      "5;\"a\"\r\n", "5 a\r\n", "5;a\n",
      // Values.
      "5;a=\r\n", "5;a= \r\n", "5;a==b\r\n", "5;a=b=c\r\n", "5;a=b c\r\n", "5;a=b \r\n",
      "5;a=\"b\"c\r\n", "5;a=\"b\r\n", "5;a=\"b\\\r\n", "5;a=\"\x7f\"\r\n", "5;a=b\n",
      std::string("5;a=\"\0\"\r\n", 9)};
  for (const std::string& row : rows) {
    CAPTURE(row);
    CHECK(result_of(row + "hello\r\n0\r\n") == Result::kBad);
  }
}

TEST_CASE("what is not complete waits for more, having consumed all of it") {
  const std::string all = "5 ; a = \"b\\\"\" ; c = d\r\nhello\r\n0;e\r\n";
  for (std::size_t size = 0; size < all.size(); ++size) {
    CAPTURE(size);
    const Outcome outcome = outcome_of(all.substr(0, size));
    CHECK(outcome.result == Result::kMore);
    CHECK(outcome.consumed == size);
  }
  CHECK(result_of(all) == Result::kEnd);
}

TEST_CASE("a step ends with the first stretch of content, so that nothing is copied") {
  ChunkedDecoder decoder(kPlenty);
  const std::string_view bytes = "2\r\nab\r\n3\r\ncde\r\n0\r\n";
  const ChunkedDecoder::Step first = decoder.step(bytes);
  CHECK(first.content == "ab");
  CHECK(first.content.data() == bytes.data() + 3);
  CHECK(first.consumed == 5);
  const ChunkedDecoder::Step second = decoder.step(bytes.substr(5));
  CHECK(second.content == "cde");
  const ChunkedDecoder::Step last = decoder.step(bytes.substr(5 + second.consumed));
  CHECK(last.result == Result::kEnd);
  CHECK(last.content.empty());
}

TEST_CASE("content: at the limit, and one more is too large, in one chunk and in many") {
  const std::string end(kEnd);
  CHECK(result_of("5\r\nhello\r\n" + end, 5) == Result::kEnd);
  CHECK(result_of("5\r\nhello\r\n" + end, 4) == Result::kTooLarge);
  CHECK(result_of("2\r\nhe\r\n3\r\nllo\r\n" + end, 5) == Result::kEnd);
  CHECK(result_of("2\r\nhe\r\n3\r\nllo\r\n" + end, 4) == Result::kTooLarge);
  CHECK(result_of("5\r\nhello\r\n1\r\n!\r\n" + end, 5) == Result::kTooLarge);
  CHECK(result_of(end, 0) == Result::kEnd);
  CHECK(result_of("1\r\na\r\n" + end, 0) == Result::kTooLarge);
}

TEST_CASE("too large is judged with the chunk's line: none of its content is given or needed") {
  CHECK(outcome_of("6\r\nhello!\r\n0\r\n", 5) == Outcome{Result::kTooLarge, 3, ""});
  CHECK(outcome_of("6\r\n", 5) == Outcome{Result::kTooLarge, 3, ""});
  CHECK(outcome_of("2\r\nhe\r\n4;a\r\nllo!", 5) == Outcome{Result::kTooLarge, 12, "he"});
  // The line has to be good to be judged.
  CHECK(result_of("6\r", 5) == Result::kMore);
  CHECK(result_of("6;\r\n", 5) == Result::kBad);
}

TEST_CASE("a size of 64 bits is a number, and one digit more is broken, not small again") {
  constexpr std::uint64_t kAll = ~std::uint64_t{0};
  CHECK(result_of("FFFFFFFFFFFFFFFF\r\n", kAll) == Result::kMore);
  CHECK(result_of("FFFFFFFFFFFFFFFF\r\n", kAll - 1) == Result::kTooLarge);
  CHECK(result_of("0FFFFFFFFFFFFFFFF\r\n", kAll) == Result::kMore);
  CHECK(result_of("10000000000000000\r\n", kAll) == Result::kBad);
  CHECK(result_of("10000000000000005\r\nhello\r\n0\r\n", kAll) == Result::kBad);
  CHECK(result_of("FFFFFFFFFFFFFFFFF\r\n", kAll) == Result::kBad);
  CHECK(result_of("8000000000000000\r\n", kPlenty) == Result::kTooLarge);
  // Sizes that are small alone, and together more than 64 bits hold.
  CHECK(result_of("1\r\na\r\nFFFFFFFFFFFFFFFF\r\n", kAll) == Result::kTooLarge);
  CHECK(result_of("1\r\na\r\nFFFFFFFFFFFFFFFE\r\n", kAll) == Result::kMore);
}

TEST_CASE("extensions: at the limit, and one more is broken") {
  // What counts is what stands between ";" and the line's end, its CR included.
  const auto with = [](std::size_t size) {
    return "5;" + std::string(size - 1, 'a') + "\r\nhello\r\n0\r\n";
  };
  CHECK(result_of(with(ChunkedDecoder::kExtensionBytesMax)) == Result::kEnd);
  CHECK(result_of(with(ChunkedDecoder::kExtensionBytesMax + 1)) == Result::kBad);
  const std::string endless = "5;" + std::string(ChunkedDecoder::kExtensionBytesMax, 'a');
  CHECK(result_of(endless) == Result::kMore);
  CHECK(result_of(endless + "a") == Result::kBad);
  CHECK(result_of("5;a=\"" + std::string(5000, '\t')) == Result::kBad);
  CHECK(result_of("5" + std::string(5000, ' ')) == Result::kBad);
}

TEST_CASE("extensions of all chunks count together") {
  std::string chunks;
  const std::string one = "1;" + std::string(127, 'a') + "\r\nx\r\n";  // 128 bytes of extension
  for (std::size_t i = 0; i < ChunkedDecoder::kExtensionBytesMax / 128; ++i) chunks += one;
  CHECK(result_of(chunks + std::string(kEnd)) == Result::kEnd);
  CHECK(result_of(chunks + "0;a\r\n") == Result::kBad);
}

TEST_CASE("a chunk's line: at the limit, and one more is broken; each has it for itself") {
  const auto line = [](std::size_t size) {  // of that size, its CR included
    return std::string(size - 2, '0') + "5\r\nhello\r\n";
  };
  constexpr std::size_t kMax = ChunkedDecoder::kLineBytesMax;
  CHECK(result_of(line(kMax) + std::string(kEnd)) == Result::kEnd);
  CHECK(result_of(line(kMax + 1) + std::string(kEnd)) == Result::kBad);
  CHECK(result_of(line(kMax) + line(kMax) + std::string(kEnd)) == Result::kEnd);
  CHECK(result_of(std::string(kMax, '0')) == Result::kMore);
  CHECK(result_of(std::string(kMax + 1, '0')) == Result::kBad);
}
