// An open file of a test's own, for answers that send one. Any thread.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <memory>
#include <string_view>
#include <utility>

#include "core/base/invariant.h"
#include "core/base/unique_fd.h"
#include "core/io/block_pool.h"

namespace http_test {

// It has no name, and is gone with its last owner.
[[nodiscard]] inline std::shared_ptr<const core::OpenFile> file_with(std::string_view text) {
  core::UniqueFd fd(::memfd_create("test", MFD_CLOEXEC));
  INVARIANT(::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  return std::make_shared<const core::OpenFile>(core::OpenFile{std::move(fd)});
}

}  // namespace http_test
