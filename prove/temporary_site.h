// TemporarySite: a folder with everything that a server under attack needs: pages, large files, a
// users' file, a certificate, a root that can be made to hang, a log that nobody reads, and the
// configuration. Made and used by one thread; gone with this object. It lies in $TMPDIR, else in
// /var/tmp, which unlike /tmp is on a disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/tls/identity.h"

namespace prove {

class TemporarySite {
 public:
  struct Parts {
    std::shared_ptr<const core::TlsIdentity> identity;  // null: nobody speaks TLS
    bool cold_files = false;
  };
  static constexpr std::size_t kColdFiles = 8;
  static constexpr std::uint64_t kColdBytes = std::uint64_t{8} << 20;
  static constexpr const char* kUser = "ada";  // whose password nobody knows

  // An error: no folder, or no room in it.
  [[nodiscard]] static core::Result<std::unique_ptr<TemporarySite>> make(const Parts& parts);
  TemporarySite(const TemporarySite&) = delete;
  TemporarySite& operator=(const TemporarySite&) = delete;
  ~TemporarySite();

  [[nodiscard]] const std::string& path() const { return path_; }
  // Absolute.
  [[nodiscard]] std::string config_path() const { return path_ + "/ouro.jsonc"; }
  [[nodiscard]] std::vector<std::string> cold_files() const;
  // Where a file system that hangs may be mounted.
  [[nodiscard]] std::string mount_point() const { return path_ + "/mount"; }
  // The root below /hang is the mount point from now on, or an empty folder. A server sees it
  // within a second.
  [[nodiscard]] core::Result<void> make_root_hang(bool hangs);
  // Writes the configuration. `unread_log`: the access log is a pipe that nobody reads.
  [[nodiscard]] core::Result<void> configure(const std::string& engine, bool unread_log);

  // Whether files there stay in memory, so that they are never cold.
  [[nodiscard]] bool is_in_memory() const;

 private:
  explicit TemporarySite(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] core::Result<void> fill(const Parts& parts);
  [[nodiscard]] core::Result<void> write(const std::string& name, std::string_view content) const;
  [[nodiscard]] core::Result<void> make_cold_files() const;
  [[nodiscard]] core::Result<void> make_unread_log();

  const std::string path_;
  bool has_tls_ = false;
  core::UniqueFd unread_log_;  // a reader who does not read
};

// The configuration as text; every path starts at its folder.
[[nodiscard]] std::string site_configuration(const std::string& engine, bool unread_log,
                                             bool has_tls);

}  // namespace prove
