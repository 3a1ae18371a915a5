#include "config/include.h"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <set>
#include <span>
#include <system_error>
#include <utility>

#include "config/file_text.h"
#include "config/reader.h"

namespace config {
namespace {

// glob(3)'s memory.
class Matches {
 public:
  explicit Matches(const std::string& pattern)
      // Configurations are read by one thread. NOLINTNEXTLINE(concurrency-mt-unsafe)
      : error_(::glob(pattern.c_str(), GLOB_NOSORT, stop_unless_missing, &found_)) {}
  Matches(const Matches&) = delete;
  Matches& operator=(const Matches&) = delete;
  ~Matches() { ::globfree(&found_); }

  [[nodiscard]] bool failed() const { return error_ != 0 && error_ != GLOB_NOMATCH; }
  [[nodiscard]] std::vector<std::string> names() const {
    const std::span<char* const> all(found_.gl_pathv, error_ == 0 ? found_.gl_pathc : 0);
    std::vector<std::string> names(all.begin(), all.end());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  static int stop_unless_missing(const char* /*path*/, int error) { return error != ENOENT; }

  glob_t found_{};
  const int error_;
};

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

// For glob(3), to which each byte of it is only itself.
std::string escape(std::string_view path) {
  std::string escaped;
  for (const char byte : path) {
    if (std::string_view("*?[\\").find(byte) != std::string_view::npos) escaped += '\\';
    escaped += byte;
  }
  return escaped;
}

class Finder {
 public:
  Finder(Report& report, std::string_view base_directory)
      : report_(report), base_directory_(base_directory) {}

  void find(Span span, const std::string& pattern) {
    if (!is_pattern(pattern)) {
      add(span, pattern, resolve_path(pattern, base_directory_));
      return;
    }
    const Matches matches(resolve_path(pattern, escape(base_directory_)));
    if (matches.failed()) {
      report_.error(span, fmt::format("cannot look for {}", quote(pattern)),
                    "who runs ouro must be able to list its directory");
    }
    for (std::string& name : matches.names()) add(span, pattern, std::move(name));
  }

  [[nodiscard]] std::vector<Included> take() { return std::move(files_); }

 private:
  void add(Span span, const std::string& pattern, std::string path) {
    if (const auto reason = missing_file(path)) {
      const bool exists = reason->starts_with("is");
      report_.error(span, fmt::format("{} {}", quote(path), *reason), help_for(pattern, exists));
      return;
    }
    std::error_code ignored;
    if (std::filesystem::equivalent(path, report_.place(span).file, ignored)) {
      report_.error(span, "this file includes itself",
                    "keep the sites in a directory of their own: \"sites/*.jsonc\"");
      return;
    }
    if (seen_.insert(path).second) files_.push_back({std::move(path), span});
  }

  static std::string help_for(std::string_view pattern, bool is_directory) {
    if (!is_directory) return "a name without \"*\" must exist; relative ones start at this file";
    if (is_pattern(pattern))
      return fmt::format("write {}", quote(fmt::format("{}.jsonc", pattern)));
    while (pattern.ends_with('/')) pattern.remove_suffix(1);
    return fmt::format("write {}", quote(fmt::format("{}/*.jsonc", pattern)));
  }

  Report& report_;
  const std::string_view base_directory_;
  std::vector<Included> files_;
  std::set<std::string> seen_;
};

}  // namespace

std::vector<Included> find_included(Report& report, const Member& member,
                                    std::string_view base_directory) {
  const std::vector<Node>* items = read_list(report, member);
  if (items == nullptr) return {};
  Finder finder(report, base_directory);
  for (const Node& item : *items) {
    const auto pattern = read_string(report, item, "a file to include");
    if (!pattern) continue;
    if (pattern->empty()) {
      report.error(item.span, "a file to include must have a name", "such as \"sites/*.jsonc\"");
      continue;
    }
    finder.find(item.span, *pattern);
  }
  auto files = finder.take();
  if (files.size() > kIncludedFilesMax) {
    report.error(member.key_span, fmt::format("more than {} files", kIncludedFilesMax),
                 "one file can hold a list of sites");
    files.clear();
  }
  return files;
}

}  // namespace config
