// ListingVariant: which of its forms a directory listing is asked for, and the order of its
// entries. Pure functions, any thread. What a client asks for and we do not know is the default.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "server/handlers/directory_listing.h"

namespace server {

struct ListingVariant {
  enum class Sort : std::uint8_t { kName, kSize, kModified };
  enum class Order : std::uint8_t { kAscending, kDescending };
  enum class Format : std::uint8_t { kHtml, kJson };

  Sort sort = Sort::kName;
  Order order = Order::kAscending;
  Format format = Format::kHtml;

  [[nodiscard]] bool operator==(const ListingVariant&) const = default;
};

// `query` without its '?': sort=name|size|modified, order=asc|desc, format=html|json, of each the
// first that is known. `accept` is the value of the field, empty when there is none; the format in
// the query wins over it. JSON is sent when its weight is greater (RFC 9110 12.5.1), or equal and
// it is named more precisely, so that "application/json, */*" gets it and "*/*" gets HTML.
[[nodiscard]] ListingVariant parse_listing_variant(std::string_view query, std::string_view accept);

// With its charset; an answer that depends on Accept says so in Vary.
[[nodiscard]] std::string_view media_type_of(ListingVariant::Format format);

// Byte by byte, but digits compare as the number they write: "file2" before "file10". Of names that
// differ in leading zeros alone the shorter is first, so that only equal names are equal. Negative,
// 0 or positive.
[[nodiscard]] int compare_naturally(std::string_view left, std::string_view right);

// Directories first whatever the order; what is unknown counts as least; what is equal goes by
// name, ascending. The pointers are into `entries`.
[[nodiscard]] std::vector<const DirectoryEntry*> order_entries(
    std::span<const DirectoryEntry> entries, const ListingVariant& variant);

}  // namespace server
