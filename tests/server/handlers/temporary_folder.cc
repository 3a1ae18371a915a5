#include "tests/server/handlers/temporary_folder.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "core/base/unique_fd.h"

namespace files_test {
namespace {

void write_all(const std::string& path, int flags, std::string_view text) {
  const core::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644));
  REQUIRE(fd.valid());
  while (!text.empty()) {
    const ssize_t size = ::write(fd.get(), text.data(), text.size());
    REQUIRE(size > 0);
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  const char* parent = std::getenv("TMPDIR");
  path_ = std::string(parent != nullptr ? parent : "/tmp") + "/ouro-test-XXXXXX";
  REQUIRE(::mkdtemp(path_.data()) != nullptr);
  REQUIRE(::chmod(path_.c_str(), 0755) == 0);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void TemporaryFolder::write(const std::string& name, std::string_view text) const {
  write_all(path_of(name), O_TRUNC, text);
}

void TemporaryFolder::append(const std::string& name, std::string_view text) const {
  write_all(path_of(name), O_APPEND, text);
}

void TemporaryFolder::replace(const std::string& name, std::string_view text,
                              const timespec* modified) const {
  const std::string other = name + ".new";
  write(other, text);
  if (modified != nullptr) set_modified(other, *modified);
  REQUIRE(::rename(path_of(other).c_str(), path_of(name).c_str()) == 0);
}

void TemporaryFolder::make_folder(const std::string& name) const {
  REQUIRE(::mkdir(path_of(name).c_str(), 0755) == 0);
}

void TemporaryFolder::make_link(const std::string& name, const std::string& target) const {
  REQUIRE(::symlink(target.c_str(), path_of(name).c_str()) == 0);
}

void TemporaryFolder::make_fifo(const std::string& name) const {
  REQUIRE(::mkfifo(path_of(name).c_str(), 0644) == 0);
}

void TemporaryFolder::make_socket(const std::string& name) const {
  const core::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(fd.valid());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = path_of(name);
  REQUIRE(path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

void TemporaryFolder::set_mode(const std::string& name, unsigned mode) const {
  REQUIRE(::chmod(path_of(name).c_str(), mode) == 0);
}

void TemporaryFolder::remove(const std::string& name) const {
  REQUIRE(::unlink(path_of(name).c_str()) == 0);
}

void TemporaryFolder::set_modified(const std::string& name, timespec modified) const {
  const std::array<timespec, 2> times = {modified, modified};
  REQUIRE(::utimensat(AT_FDCWD, path_of(name).c_str(), times.data(), 0) == 0);
}

void TemporaryFolder::make_old(const std::string& name) const {
  set_modified(name, {1'500'000'000, 123'456'789});
}

timespec TemporaryFolder::modified(const std::string& name) const {
  struct stat status {};
  REQUIRE(::stat(path_of(name).c_str(), &status) == 0);
  return status.st_mtim;
}

}  // namespace files_test
