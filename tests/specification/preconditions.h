// Preconditions (RFC 9110 13) and the entity tags in them (8.8.3), as the RFC numbers its steps.
// Part of the specification: it shares nothing with server/. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace specification {

// The size of the entity-tag at the front of `text`; 0 when there is none.
[[nodiscard]] std::size_t tag_size(std::string_view text);
[[nodiscard]] bool is_tag(std::string_view text);

// What is about to be sent.
struct Selected {
  std::string etag;  // empty: none
  std::optional<std::int64_t> last_modified{};
};

struct Conditions {
  std::optional<std::string> if_match{};
  std::optional<std::string> if_none_match{};
  std::optional<std::string> if_modified_since{};
  std::optional<std::string> if_unmodified_since{};
  std::optional<std::string> if_range{};
};

// 0 to go on, 304 or 412.
[[nodiscard]] int precondition_status(const Conditions& conditions, const Selected& selected,
                                      std::string_view method, std::int64_t now);

// RFC 9110 13.1.5. `if_range` is there.
[[nodiscard]] bool range_counts(const Conditions& conditions, const Selected& selected,
                                std::int64_t now);

}  // namespace specification
