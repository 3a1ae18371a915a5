// PathPattern: the `path` of a route, matched against a path that is decoded and normalised: `*`
// within a segment, `**` for any number of whole segments, and "/x/**" includes "/x". Immutable;
// any thread; matching allocates nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace server {

class PathPattern {
 public:
  // `text` has been checked by the configuration: it begins with '/', and "**" is a whole segment.
  explicit PathPattern(std::string_view text);

  [[nodiscard]] bool matches(std::string_view path) const;
  // The part of `path` that the last `**` stands for, with its slash in front; empty without one.
  // nullopt: no match.
  [[nodiscard]] std::optional<std::string_view> match(std::string_view path) const;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  const std::string text_;
  const bool everything_;
};

}  // namespace server
