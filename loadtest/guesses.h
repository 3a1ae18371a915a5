// Guesses: requests with the credentials of somebody who tries passwords (RFC 7617): each has one
// that was never sent before, so that no server can know the answer from last time. One thread;
// cannot fail; allocates nothing once the longest request has been written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace loadtest {

class Guesses {
 public:
  // A password is `nonce` and a count in hexadecimal digits. Of one run this is loop `index` of
  // `loops`; other runs have another nonce.
  Guesses(std::string_view user, std::uint64_t nonce, std::size_t index, std::size_t loops);

  // `request`, which ends with an empty line, with the next credentials; good until the next call.
  [[nodiscard]] std::string_view next(std::string_view request);

 private:
  const std::size_t loops_;
  std::uint64_t count_;
  std::string credentials_;
  std::string text_;
};

}  // namespace loadtest
