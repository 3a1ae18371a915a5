#include "config/files_reader.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/reader.h"

namespace config {
namespace {

constexpr std::array<std::string_view, 2> kFilesKeys = {"root", "index"};

constexpr std::size_t kFileNameBytesMax = 255;  // NAME_MAX

// Why a name is no plain file name.
std::optional<std::string_view> refuse_file_name(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name == "." || name == "..") return "is a directory";
  if (name.find('/') != std::string_view::npos) return "has a '/'";
  if (name.size() > kFileNameBytesMax) return "is longer than a file name can be";
  return std::nullopt;
}

void read_root(Report& report, const Member& member, std::string_view base_directory,
               Files& files) {
  const auto path = read_string(report, member.value, member.key);
  if (!path) return;
  if (path->empty()) {
    report.error(member.value.span, "root must not be empty", "\".\" is this file's directory");
    return;
  }
  files.root = resolve_path(*path, base_directory);
  files.place = report.place(member.value.span);
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

Files read_files(Report& report, const Member& member, std::string_view base_directory) {
  Files files;
  const ObjectReader reader(report, member, kFilesKeys);
  if (const Member* root = reader.require("root")) read_root(report, *root, base_directory, files);
  if (const Member* index = reader.find("index")) files.index = read_index(report, *index);
  return files;
}

}  // namespace config
