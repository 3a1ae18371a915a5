#include "server/handlers/byte_ranges.h"

#include <sys/random.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>

namespace server {
namespace {

using Shared = std::shared_ptr<const Representation>;

BodyPiece piece_of(const Shared& representation, ByteRange range) {
  if (representation->file != nullptr) {
    return FileBody{representation->file, range.first, range.length};
  }
  return BytesBody{std::string_view(representation->bytes).substr(range.first, range.length),
                   representation};
}

std::string content_range(ByteRange range, std::uint64_t size) {
  return "bytes " + std::to_string(range.first) + "-" +
         std::to_string(range.first + range.length - 1) + "/" + std::to_string(size);
}

// RFC 2046 5.1.1: must not occur in any part, and files are not searched. 128 random bits, new for
// every answer, do not occur by accident; and nobody can write a file that holds them on purpose,
// as they could with a counter or the entity tag. nullopt as long as a machine that has just booted
// has no randomness: the loop does not wait for it.
std::optional<std::string> make_boundary() {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), GRND_NONBLOCK) !=
      static_cast<ssize_t>(bytes.size())) {
    return std::nullopt;
  }
  std::string boundary;
  for (const unsigned char byte : bytes) {
    boundary += kHexDigits[byte >> 4U];
    boundary += kHexDigits[byte & 0xFU];
  }
  return boundary;
}

void respond_unsatisfiable(Exchange& exchange, std::uint64_t size) {
  exchange.response.fields.add("Content-Range", "bytes */" + std::to_string(size));
  respond_with_status(exchange, 416);
}

void respond_with_one(Exchange& exchange, const Shared& representation, ByteRange range) {
  Response& response = exchange.response;
  response.status = 206;
  response.prepared_fields = representation->fields;
  response.prepared_owner = representation;
  response.fields.add("Content-Range", content_range(range, representation->size));
  response.body = body_of(representation, range);
  exchange.respond();
}

// RFC 9110 14.6 and 15.3.7.2: the parts carry Content-Range, the answer itself must not.
CompoundBody make_multipart(const Shared& representation, std::span<const ByteRange> ranges,
                            const std::string& boundary) {
  CompoundBody body;
  body.pieces.reserve(ranges.size() * 2 + 1);
  std::string delimiter = "--" + boundary;
  for (const ByteRange& range : ranges) {
    std::string head = delimiter + "\r\n";
    head.append(representation->content_type_field())
        .append("Content-Range: ")
        .append(content_range(range, representation->size))
        .append("\r\n\r\n");
    body.pieces.emplace_back(TextBody{std::move(head)});
    body.pieces.push_back(piece_of(representation, range));
    delimiter = "\r\n--" + boundary;
  }
  body.pieces.emplace_back(TextBody{delimiter + "--\r\n"});
  return body;
}

void respond_with_several(Exchange& exchange, const Shared& representation,
                          std::span<const ByteRange> ranges, const std::string& boundary) {
  Response& response = exchange.response;
  response.status = 206;
  response.prepared_fields = representation->untyped_fields();
  response.prepared_owner = representation;
  response.fields.add("Content-Type", "multipart/byteranges; boundary=" + boundary);
  response.body = make_multipart(representation, ranges, boundary);
  exchange.respond();
}

}  // namespace

Body body_of(const Shared& representation, ByteRange range) {
  return std::visit([](auto&& piece) -> Body { return std::forward<decltype(piece)>(piece); },
                    piece_of(representation, range));
}

bool respond_with_ranges(Exchange& exchange, const Shared& representation, std::string_view field) {
  std::array<ByteRange, kRangesMax> ranges;
  const RangeSet set = parse_ranges(field, representation->size, ranges);
  if (set.kind == RangeKind::kNone) return false;
  if (set.kind == RangeKind::kUnsatisfiable) {
    respond_unsatisfiable(exchange, representation->size);
    return true;
  }
  // RFC 9110 17.15: coalesced, no set of ranges makes more content than the representation has; one
  // that covers all of it has become a single range. 15.3.7.2 lets a single range that is left be a
  // multipart; every client reads the plain form.
  const std::size_t count = coalesce(std::span(ranges).first(set.satisfiable));
  if (count == 1) {
    respond_with_one(exchange, representation, ranges[0]);
    return true;
  }
  const std::optional<std::string> boundary = make_boundary();
  if (!boundary) return false;
  respond_with_several(exchange, representation, std::span(ranges).first(count), *boundary);
  return true;
}

}  // namespace server
