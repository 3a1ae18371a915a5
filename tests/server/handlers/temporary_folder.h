// A folder of a test's own, removed with everything in it. One thread. Whatever fails ends the test
// that asked for it.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace files_test {

class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string path_of(const std::string& name) const { return path_ + "/" + name; }

  // In place: the same inode.
  void write(const std::string& name, std::string_view text) const;
  void append(const std::string& name, std::string_view text) const;
  // Under another name first, then renamed over: another inode.
  void replace(const std::string& name, std::string_view text,
               const timespec* modified = nullptr) const;
  void make_folder(const std::string& name) const;
  void make_link(const std::string& name, const std::string& target) const;
  void make_fifo(const std::string& name) const;
  void make_socket(const std::string& name) const;
  void set_mode(const std::string& name, unsigned mode) const;
  void remove(const std::string& name) const;

  void set_modified(const std::string& name, timespec modified) const;
  // Long enough ago for a strong entity tag.
  void make_old(const std::string& name) const;
  [[nodiscard]] timespec modified(const std::string& name) const;

 private:
  std::string path_;
};

}  // namespace files_test
