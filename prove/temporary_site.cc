#include "prove/temporary_site.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <system_error>
#include <utility>

#include "core/password/password_hasher.h"

namespace prove {
namespace {

// Users' files of earlier days have it, and a hash takes about 50 ms.
constexpr unsigned kCost = 10;
constexpr std::size_t kPageBytes = 1024;
// One page, the least that a pipe can hold (pipe(7)).
constexpr int kPipeBytes = 4096;
constexpr mode_t kOnlyUs = 0600;

core::Error failure(std::string_view attempted, const std::string& path) {
  return core::system_error(fmt::format("cannot {} {}", attempted, path), errno);
}

core::Result<void> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return core::unexpected(failure("write", path));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// A password that is forgotten at once.
std::string users_file() {
  std::random_device device;
  const std::string password = fmt::format("{:08x}{:08x}", device(), device());
  return fmt::format("{}:{}\n", TemporarySite::kUser, core::PasswordHasher().hash(password, kCost));
}

std::string cold_name(std::size_t number) { return fmt::format("cold/{}.bin", number); }

}  // namespace

std::string site_configuration(const std::string& engine, bool unread_log, bool has_tls) {
  const auto files = [](std::string_view path, std::string_view root) {
    return fmt::format(
        R"({{ "path": "{0}/**", "files": {{ "root": "{1}", "strip_prefix": "{0}" }} }})", path,
        root);
  };
  std::string text = fmt::format(
      R"({{ "listen": ["127.0.0.1:0"{}],
  "admin": {{ "address": "127.0.0.1:0" }},
  "engine": "{}",
  "log": {{ "access": "{}" }},
  "sites": [
    {{ "routes": [
      {{ "path": "/private/**", "auth": {{ "basic": {{ "users_file": "users" }} }},
        "respond": {{ "body": "welcome" }} }},
      {},
      {},
      {{ "files": {{ "root": "pages" }} }} ] }})",
      has_tls ? R"(, { "address": "127.0.0.1:0", "tls": true })" : "", engine,
      unread_log ? "./log" : "/dev/null", files("/cold", "cold"), files("/hang", "hang"));
  if (has_tls) {
    text += R"(,
    { "tls": { "certificate": "chain.pem", "key": "key.pem" },
      "routes": [ { "files": { "root": "pages" } } ] })";
  }
  return text + " ] }\n";
}

core::Result<std::unique_ptr<TemporarySite>> TemporarySite::make(const Parts& parts) {
  const char* wish = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nobody sets any
  std::string path = wish != nullptr && *wish != '\0' ? wish : "/var/tmp";
  std::error_code error;
  path = std::filesystem::absolute(path, error).string() + "/ouro-prove-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return core::unexpected(failure("make the folder", path));
  std::unique_ptr<TemporarySite> site(new TemporarySite(std::move(path)));
  if (auto filled = site->fill(parts); !filled) return core::unexpected(filled.error());
  return site;
}

TemporarySite::~TemporarySite() {
  std::error_code ignored;  // nobody is there to do more about it
  std::filesystem::remove_all(path_, ignored);
}

core::Result<void> TemporarySite::fill(const Parts& parts) {
  for (const char* folder : {"pages", "cold", "empty", "mount"}) {
    const std::string path = path_ + "/" + folder;
    if (::mkdir(path.c_str(), 0700) != 0) return core::unexpected(failure("make the folder", path));
  }
  if (auto made = make_root_hang(false); !made) return made;
  if (auto made = make_unread_log(); !made) return made;
  if (auto made = write("pages/page.txt", std::string(kPageBytes, '.')); !made) return made;
  if (auto made = write("users", users_file()); !made) return made;
  has_tls_ = parts.identity != nullptr;
  if (has_tls_) {
    const auto pem = parts.identity->to_pem();
    if (auto made = write("chain.pem", pem.chain); !made) return made;
    if (auto made = write("key.pem", pem.key); !made) return made;
  }
  return parts.cold_files ? make_cold_files() : core::Result<void>{};
}

core::Result<void> TemporarySite::write(const std::string& name, std::string_view content) const {
  const std::string path = path_ + "/" + name;
  const core::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOnlyUs));
  if (!fd.valid()) return core::unexpected(failure("write", path));
  return write_all(fd.get(), content, path);
}

std::vector<std::string> TemporarySite::cold_files() const {
  std::vector<std::string> paths;
  while (paths.size() < kColdFiles) paths.push_back(path_ + "/" + cold_name(paths.size()));
  return paths;
}

// What no file system makes smaller.
core::Result<void> TemporarySite::make_cold_files() const {
  std::mt19937_64 random{std::random_device{}()};
  std::string block(std::size_t{1} << 20, '\0');
  for (const std::string& path : cold_files()) {
    const core::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, kOnlyUs));
    if (!fd.valid()) return core::unexpected(failure("write", path));
    for (std::uint64_t left = kColdBytes; left > 0; left -= block.size()) {
      for (std::size_t i = 0; i < block.size(); i += sizeof(std::uint64_t)) {
        const std::uint64_t value = random();
        block.replace(i, sizeof value, reinterpret_cast<const char*>(&value), sizeof value);
      }
      if (auto written = write_all(fd.get(), block, path); !written) return written;
    }
    // Pages that are not on the disk yet cannot be dropped.
    if (::fsync(fd.get()) != 0) return core::unexpected(failure("write", path));
  }
  return {};
}

core::Result<void> TemporarySite::make_unread_log() {
  const std::string path = path_ + "/log";
  if (::mkfifo(path.c_str(), kOnlyUs) != 0) return core::unexpected(failure("make the pipe", path));
  unread_log_.reset(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!unread_log_.valid()) return core::unexpected(failure("open the pipe", path));
  // A hint: a larger one is full a little later.
  static_cast<void>(::fcntl(unread_log_.get(), F_SETPIPE_SZ, kPipeBytes));
  return {};
}

core::Result<void> TemporarySite::make_root_hang(bool hangs) {
  const std::string next = path_ + "/next";
  const std::string link = path_ + "/hang";
  if (::symlink(hangs ? "mount" : "empty", next.c_str()) != 0 ||
      ::rename(next.c_str(), link.c_str()) != 0) {
    return core::unexpected(failure("make the link", link));
  }
  return {};
}

core::Result<void> TemporarySite::configure(const std::string& engine, bool unread_log) {
  return write("ouro.jsonc", site_configuration(engine, unread_log, has_tls_));
}

bool TemporarySite::is_in_memory() const {
  struct statfs found {};
  if (::statfs(path_.c_str(), &found) != 0) return false;
  return found.f_type == TMPFS_MAGIC || found.f_type == RAMFS_MAGIC;
}

}  // namespace prove
