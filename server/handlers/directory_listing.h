// DirectoryListing: what lies in one directory, as a listing shows it. Reading it blocks: workers
// only. The result is a plain value. A name that vanishes meanwhile is left out; a directory that
// cannot be read at all is errno's value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "server/handlers/root_directory.h"

namespace server {

struct DirectoryEntry {
  std::string name;  // bytes as the file system has them: any but '/' and NUL
  bool is_directory = false;
  std::optional<std::uint64_t> size{};             // files only; unknown when it may not be asked
  std::optional<std::int64_t> modified_seconds{};  // since the epoch; unknown likewise
};

struct DirectoryListing {
  std::vector<DirectoryEntry> entries;  // in the order of the file system
  bool has_more = false;                // a limit was reached, the rest was not looked at
};

struct DirectoryLimits {
  bool dot_files = false;  // whether names that begin with '.' are shown
  std::size_t entries_max = 10'000;
  // Counts those that are left out too: they cost time as well.
  std::size_t names_max = 100'000;
};

// `directory` was opened by root.open_beneath(), and `path` is what it was opened as, with or
// without slashes around it ("" or "/" is the root itself). A symbolic link is shown as what it
// leads to, as far as that lies beneath the root; one that leads out of it or nowhere is left out,
// and so is whatever is neither file nor directory. The error is an errno.
[[nodiscard]] core::Result<DirectoryListing, int> read_directory(
    core::UniqueFd directory, const RootDirectory& root, std::string_view path,
    const DirectoryLimits& limits, config::Symlinks symlinks = config::Symlinks::kInside);

}  // namespace server
