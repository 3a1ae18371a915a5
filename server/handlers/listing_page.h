// ListingPage: a directory as a page to read, or as JSON for a program. Pure functions, any thread;
// with 10,000 entries they take milliseconds and megabytes, so better on the worker that read the
// directory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/handlers/directory_listing.h"
#include "server/handlers/listing_variant.h"

namespace server {

// The decoded path of the request; begins and ends with '/', since every link is relative to it.
struct ListingPath {
  std::string_view path;
  // The part of it that no link leads above: what is configured in front of the files, "/" without.
  std::string_view root = "/";
};

// In the form and order of `variant`, complete. HTML: one document without script that loads
// nothing. JSON: an array of {"name", "type": "file" or "directory", "size", "modified"}, where
// size is null for directories and what is unknown is null. A name that is not UTF-8 has U+FFFD
// for each byte that is none, and its bytes in "name_encoded", percent-encoded as in a link. The
// array cannot say that entries are missing (listing.has_more): the caller may, in a field.
[[nodiscard]] std::string render_listing(const DirectoryListing& listing, const ListingPath& where,
                                         const ListingVariant& variant);

// "0 B", "999 B", "1.0 kB", "18.4 EB": powers of 1000, rounded to one decimal.
struct ReadableSize {
  std::string number;
  std::string_view unit;
};
[[nodiscard]] ReadableSize readable_size(std::uint64_t bytes);

// RFC 3339, "2026-11-26T06:41:11Z"; years outside 0..9999 are clamped to the nearest that fits.
[[nodiscard]] std::string render_timestamp(std::int64_t seconds);

}  // namespace server
