// Entity tags: making them, finding them in a field, comparing them. Pure functions, any thread, no
// allocation. A tag is always handled as it stands in a field, quotes and W/ prefix included. What
// a client wrote wrongly matches nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace server {

// An entity tag of ours by value: W/"<16 hex>-<16 hex>-<suffix>" at most.
class EntityTag {
 public:
  static constexpr std::size_t kSuffixMax = 4;
  static constexpr std::size_t kSizeMax = 2 + 1 + 16 + 1 + 16 + 1 + kSuffixMax + 1;

  [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }

 private:
  friend EntityTag render_etag(std::int64_t, std::int64_t, std::uint64_t, bool, std::string_view);

  std::array<char, kSizeMax> text_{};
  std::size_t size_ = 0;
};

// RFC 9110 8.8.3: "<modification time in ns, hex>-<size in bytes, hex>". It is weak when the caller
// cannot exclude that the file changed within the clock tick of its last change (8.8.1). Times
// before 1970 or after 2554 wrap around in 64 bits; two versions of one file are not 584 years
// apart. A suffix, of kSuffixMax bytes at most, tells codings of one resource apart (8.8.3.3).
[[nodiscard]] EntityTag render_etag(std::int64_t mtime_seconds, std::int64_t mtime_nanoseconds,
                                    std::uint64_t size, bool weak, std::string_view suffix = {});

// RFC 9110 8.8.3.2
enum class EtagComparison {
  kStrong,  // identical, and neither is weak
  kWeak     // identical but for the W/
};

// RFC 9110 8.8.3: the length of the entity tag that `text` starts with, 0 when there is none.
[[nodiscard]] std::size_t entity_tag_size(std::string_view text);

// RFC 9110 8.8.3.2. Both are well-formed tags, or empty: an empty one equals none.
[[nodiscard]] bool etags_equal(std::string_view left, std::string_view right,
                               EtagComparison comparison);

// RFC 9110 13.1.1, 13.1.2: whether an If-Match or If-None-Match field names `current`, the tag of a
// representation that exists (which is why "*" always does). Empty list elements are skipped
// (5.6.1); one malformed element spoils the whole field, which then matches nothing.
[[nodiscard]] bool etag_list_matches(std::string_view field, std::string_view current,
                                     EtagComparison comparison);

}  // namespace server
