#include "loadtest/expectation.h"

#include <fmt/format.h>

namespace loadtest {

std::optional<Complaint> complaint_about(const ResponseParser& response, const Options& options) {
  if (response.status() != options.expect_status) {
    return Complaint{Mishap::kStatus,
                     fmt::format("{}, expected {}", response.status(), options.expect_status)};
  }
  if (options.expect_length && response.content_length() != *options.expect_length) {
    return Complaint{Mishap::kLength,
                     fmt::format("a body of {} bytes, expected {}", response.content_length(),
                                 *options.expect_length)};
  }
  if (options.expect_digest && response.digest() != *options.expect_digest) {
    return Complaint{Mishap::kDigest, fmt::format("{:016x}, expected {:016x}", response.digest(),
                                                  *options.expect_digest)};
  }
  return std::nullopt;
}

}  // namespace loadtest
