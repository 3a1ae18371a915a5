#include "config/include.h"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <span>

#include "config/reader.h"

namespace config {
namespace {

// glob(3)'s memory.
class Matches {
 public:
  explicit Matches(const std::string& pattern)
      : error_(::glob(pattern.c_str(), GLOB_ERR | GLOB_NOSORT, nullptr, &found_)) {}
  Matches(const Matches&) = delete;
  Matches& operator=(const Matches&) = delete;
  ~Matches() { ::globfree(&found_); }

  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] std::vector<std::string> names() const {
    const std::span<char* const> all(found_.gl_pathv, error_ == 0 ? found_.gl_pathc : 0);
    std::vector<std::string> names(all.begin(), all.end());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  glob_t found_{};
  const int error_;
};

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

// In the order of the patterns, each once.
struct Found {
  std::vector<std::string> files;
  std::set<std::string> seen;
};

void add_matches(Report& report, const Node& node, const std::string& pattern, Found& found) {
  const Matches matches(pattern);
  if (matches.error() == GLOB_NOMATCH) {
    if (!is_pattern(pattern))
      report.error(node.span, fmt::format("{} does not exist", quote(pattern)));
    return;
  }
  if (matches.error() != 0) {
    report.error(node.span, fmt::format("cannot look for {}", quote(pattern)));
    return;
  }
  for (std::string& name : matches.names()) {
    if (found.seen.insert(name).second) found.files.push_back(std::move(name));
  }
}

}  // namespace

std::vector<std::string> find_included(Report& report, const Member& member,
                                       std::string_view base_directory) {
  Found found;
  const std::vector<Node>* items = read_list(report, member);
  if (items == nullptr) return {};
  for (const Node& item : *items) {
    const auto pattern = read_string(report, item, "a file to include");
    if (!pattern) continue;
    if (pattern->empty()) {
      report.error(item.span, "a file to include must have a name", "such as \"sites/*.jsonc\"");
      continue;
    }
    add_matches(report, item, resolve_path(*pattern, base_directory), found);
  }
  if (found.files.size() > kIncludedFilesMax) {
    report.error(member.key_span, fmt::format("more than {} files", kIncludedFilesMax));
    return {};
  }
  return std::move(found.files);
}

}  // namespace config
