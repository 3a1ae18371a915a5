// A folder of a test's own, removed with everything in it at the end.
#pragma once

#include <string>
#include <string_view>

namespace test {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  // Absolute, without links.
  [[nodiscard]] const std::string& path() const { return path_; }
  // Makes folders as needed; returns the absolute path.
  std::string write(std::string_view name, std::string_view content) const;

 private:
  std::string path_;
};

// `size` bytes that differ from place to place and are the same for the same seed.
[[nodiscard]] std::string varied_bytes(std::size_t size, unsigned seed);

}  // namespace test
