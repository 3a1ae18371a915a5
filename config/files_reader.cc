#include "config/files_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/field_text.h"
#include "config/file_text.h"
#include "config/reader.h"
#include "config/suggestion.h"
#include "config/values.h"
#include "core/base/letter_case.h"

namespace config {
namespace {

constexpr std::size_t kFileNameBytesMax = 255;  // NAME_MAX

// Why a name is no plain file name.
std::optional<std::string_view> refuse_file_name(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name == "." || name == "..") return "is a directory";
  if (name.find('/') != std::string_view::npos) return "has a '/'";
  if (name.size() > kFileNameBytesMax) return "is longer than a file name can be";
  return std::nullopt;
}

// Paths of requests are normalised before anything is compared with them.
bool is_normalised(std::string_view path) {
  for (std::size_t slash = 0; slash < path.size();) {
    const std::size_t next = std::min(path.find('/', slash + 1), path.size());
    const std::string_view segment = path.substr(slash + 1, next - slash - 1);
    if (segment.empty() || segment == "." || segment == "..") return false;
    slash = next;
  }
  return true;
}

// "/a/b": from the root of the site, without a slash at its end.
std::optional<ValueError> check_site_path(std::string_view key, std::string_view path) {
  if (!path.starts_with('/')) {
    return ValueError{fmt::format("{} must begin with '/'", key),
                      fmt::format("write {}", quote(fmt::format("/{}", path)))};
  }
  if (path.ends_with('/')) {
    return ValueError{
        fmt::format("{} must not end with '/'", key),
        path == "/" ? "" : fmt::format("write {}", quote(path.substr(0, path.size() - 1)))};
  }
  if (!is_normalised(path)) {
    return ValueError{fmt::format("{} must be a normalised path", key),
                      "no \"//\", no \"/./\" and no \"/../\" in it"};
  }
  return std::nullopt;
}

// A string that check_site_path() takes; what is none has been reported.
std::optional<std::string> read_site_path(Report& report, const Member& member) {
  return read_checked(report, member.value, member.key, [&member](std::string_view path) {
    return check_site_path(member.key, path);
  });
}

bool is_below(std::string_view pattern, std::string_view prefix) {
  return pattern.starts_with(prefix) &&
         (pattern.size() == prefix.size() || pattern[prefix.size()] == '/');
}

void read_strip_prefix(Report& report, const Member& member,
                       const std::vector<std::string>& patterns, Files& files) {
  const bool is_empty = member.value.kind == Node::Kind::kString && member.value.string.empty();
  if (is_empty) return;
  auto prefix = read_site_path(report, member);
  if (!prefix) return;
  for (const std::string& pattern : patterns) {
    if (is_below(pattern, *prefix)) continue;
    report.error(member.value.span,
                 fmt::format("path {} does not begin with strip_prefix", quote(pattern)),
                 fmt::format("such as \"path\": {}", quote(*prefix + "/**")));
    return;
  }
  files.strip_prefix = std::move(*prefix);
}

void read_fallback(Report& report, const Member& member, Files& files) {
  if (member.value.kind == Node::Kind::kNull) return;
  if (auto path = read_site_path(report, member)) files.fallback = std::move(*path);
}

// Without its dot; what is wrong with it has been reported. In lower case only where it is looked
// up, not where it is appended.
bool check_extension(Report& report, Span span, std::string_view extension) {
  if (extension.starts_with('.') && extension.size() > 1) {
    report.error(span, fmt::format("{} begins with a dot", quote(extension)),
                 fmt::format("write {}", quote(extension.substr(1))));
    return false;
  }
  const auto reason = refuse_file_name(extension);
  if (!reason) return true;
  report.error(span, fmt::format("{} {}", quote(extension), *reason),
               "an extension is the end of a file name, such as \"html\"");
  return false;
}

std::vector<std::string> read_extensions(Report& report, const Member& member) {
  std::vector<std::string> extensions;
  const std::vector<Node>* items = read_list(report, member);
  if (items == nullptr) return extensions;
  for (const Node& item : *items) {
    auto extension = read_string(report, item, "an extension");
    if (!extension || !check_extension(report, item.span, *extension)) continue;
    extensions.push_back(std::move(*extension));
  }
  return extensions;
}

std::vector<Coding> read_precompressed(Report& report, const Member& member) {
  std::vector<Coding> codings;
  const std::vector<Node>* items = read_list(report, member);
  if (items == nullptr) return codings;
  const auto words = kFilesKeys.find("precompressed")->shape.item->words;  // as in Coding
  for (const Node& item : *items) {
    const auto index = find_word(report, item, "a coding", words);
    if (!index) continue;
    const auto coding = static_cast<Coding>(*index);
    if (std::find(codings.begin(), codings.end(), coding) != codings.end()) {
      report.error(item.span, fmt::format("duplicate coding {}", quote(words[*index])));
      continue;
    }
    codings.push_back(coding);
  }
  return codings;
}

void read_type(Report& report, const Member& member, std::map<std::string, Place>& seen,
               Files& files) {
  if (!check_extension(report, member.key_span, member.key)) return;
  const std::string extension = core::lower_case(member.key);
  const auto [first, added] = seen.try_emplace(extension, report.place(member.key_span));
  if (!added) {
    report.error(member.key_span, fmt::format("duplicate extension {}", quote(member.key)),
                 first_at(report.place(member.key_span), first->second));
    return;
  }
  auto type = read_checked(report, member.value, "a type", check_media_type);
  if (type) files.types.emplace(extension, std::move(*type));
}

void read_types(Report& report, const Member& member, Files& files) {
  if (member.value.kind != Node::Kind::kObject) {
    report_kind(report, member.value, member.key, "an object",
                "such as {\"geojson\": \"application/geo+json\"}");
    return;
  }
  std::map<std::string, Place> seen;
  for (const Member& type : member.value.members) read_type(report, type, seen, files);
}

void read_root(Report& report, const Member& member, std::string_view base_directory,
               Files& files) {
  const auto path =
      read_string(report, member.value, member.key, "a directory, such as \"/srv/www\"");
  if (!path) return;
  if (path->empty()) {
    report.error(member.value.span, "root must not be empty", "\".\" is this file's directory");
    return;
  }
  files.root = resolve_path(*path, base_directory);
  files.place = report.place(member.value.span);
  if (const auto reason = missing_directory(files.root)) {
    report.warning(member.value.span, fmt::format("{} {}", quote(files.root), *reason),
                   "ouro does not start without it");
  }
}

std::vector<std::string> read_index(Report& report, const Member& member) {
  std::vector<std::string> names;
  const std::vector<Node>* items = read_list(report, member);
  if (items == nullptr) return names;
  for (const Node& item : *items) {
    auto name = read_string(report, item, "an index");
    if (!name) continue;
    if (const auto reason = refuse_file_name(*name)) {
      report.error(item.span, fmt::format("{} {}", quote(*name), *reason),
                   "an index is a plain file name, such as \"index.html\"");
      continue;
    }
    names.push_back(std::move(*name));
  }
  return names;
}

}  // namespace

Files read_files(Report& report, const Member& member, const std::vector<std::string>& patterns,
                 std::string_view base_directory) {
  Files files;
  const ObjectReader reader(report, member, kFilesKeys);
  if (const Member* root = reader.require("root")) read_root(report, *root, base_directory, files);
  if (const Member* prefix = reader.find("strip_prefix")) {
    read_strip_prefix(report, *prefix, patterns, files);
  }
  if (const Member* index = reader.find("index")) files.index = read_index(report, *index);
  reader.read("listing", files.listing);
  if (const Member* fallback = reader.find("fallback")) read_fallback(report, *fallback, files);
  if (const Member* extensions = reader.find("extensions")) {
    files.extensions = read_extensions(report, *extensions);
  }
  if (const Member* codings = reader.find("precompressed")) {
    files.precompressed = read_precompressed(report, *codings);
  }
  if (const Member* types = reader.find("types")) read_types(report, *types, files);
  reader.read("dotfiles", files.dotfiles);
  reader.read_word("symlinks", files.symlinks);
  if (files.symlinks == Symlinks::kFollow) {
    report.warning(reader.find("symlinks")->value.span, "links may leave the root",
                   "whoever may write below it decides what is served; \"inside\" is the fence");
  }
  return files;
}

}  // namespace config
