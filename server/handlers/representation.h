// Representation: what a path below a root turned out to be, good for one second: a small file with
// its bytes, a larger one held open, or the reason why there is none. Immutable; shared by the
// cache of one loop and the answers that are being sent from it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "config/config.h"
#include "core/io/block_pool.h"
#include "server/http/entity_tag.h"
#include "server/http/field.h"

namespace server {

// RFC 9110 8.4.1 and IANA's registry.
[[nodiscard]] constexpr std::string_view coding_name(config::Coding coding) {
  switch (coding) {
    case config::Coding::kBrotli:
      return "br";
    case config::Coding::kZstandard:
      return "zstd";
    case config::Coding::kGzip:
      return "gzip";
  }
  return "";
}

// Of the name of a sibling in that coding.
[[nodiscard]] constexpr std::string_view coding_suffix(config::Coding coding) {
  switch (coding) {
    case config::Coding::kBrotli:
      return ".br";
    case config::Coding::kZstandard:
      return ".zst";
    case config::Coding::kGzip:
      return ".gz";
  }
  return "";
}

// A set of codings.
using Codings = std::uint8_t;
[[nodiscard]] constexpr Codings codings_with(config::Coding coding) {
  return static_cast<Codings>(1U << static_cast<unsigned>(coding));
}

struct Representation {
  enum class Kind : std::uint8_t {
    kFile,
    kDirectory,  // asked for without its slash
    kUnindexed,  // a directory that has no index
    kMissing,
    kForbidden,
    kOverloaded,  // descriptors or the lane's queue have run out: try again
    kFailed
  };

  Kind kind = Kind::kFailed;

  // kFile only.
  std::string path;      // below the root: the name that was found, without the suffix of a coding
  Codings siblings = 0;  // in which the file is there besides; of a coded one its own
  std::uint64_t size = 0;
  std::int64_t last_modified_seconds = 0;
  EntityTag etag;
  std::string bytes;                           // all of it when there is no `file`
  std::shared_ptr<const core::OpenFile> file;  // else
  // Validators first, the Content-Type last, so that what an answer needs is always one piece.
  std::string fields;
  std::size_t validator_bytes = 0;  // of `fields`: what a 304 repeats
  std::size_t untyped_bytes = 0;    // of `fields`: all but the Content-Type

  [[nodiscard]] std::string_view validator_fields() const {
    return std::string_view(fields).substr(0, validator_bytes);
  }
  // For an answer whose content is of another type.
  [[nodiscard]] std::string_view untyped_fields() const {
    return std::string_view(fields).substr(0, untyped_bytes);
  }
  // As a line of its own, which a part of a multipart repeats.
  [[nodiscard]] std::string_view content_type_field() const {
    return std::string_view(fields).substr(untyped_bytes);
  }
};

}  // namespace server
