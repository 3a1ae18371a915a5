// PasswordHasher: compares passwords with stored hashes and makes new hashes, through libxcrypt's
// crypt_r: the only place that knows <crypt.h>. One thread at a time; it owns crypt_r's 32 KiB,
// which are wiped after each use. A call computes for as long as the hash asks (bcrypt with cost 10
// about 50 ms, with cost 31 days): never on a loop.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/password/password_hash.h"

struct crypt_data;

namespace core {

// bcrypt ignores all that is behind: two passwords that begin alike would be one. Longer ones are
// never right, and cost nothing.
inline constexpr std::size_t kPasswordBytesMax = 72;

inline constexpr unsigned kBcryptCostMin = 4;
inline constexpr unsigned kBcryptCostMax = 31;
// The least that choose_bcrypt_cost chooses.
inline constexpr unsigned kBcryptCostChosenMin = 10;

class PasswordHasher {
 public:
  PasswordHasher();

  // False for a wrong password, for one over kPasswordBytesMax, for one with NUL, and when crypt_r
  // fails. An empty one is right when the hash was made of it. What is compared last takes the same
  // time wherever the difference is.
  [[nodiscard]] bool verify(std::string_view password, const PasswordHash& hash);

  // A new bcrypt hash ($2b$) with a salt from the kernel. `password` has at most kPasswordBytesMax
  // bytes and no NUL; `bcrypt_cost` is between kBcryptCostMin and kBcryptCostMax.
  [[nodiscard]] std::string hash(std::string_view password, unsigned bcrypt_cost);

 private:
  struct Free {
    void operator()(crypt_data* data) const;
  };

  // crypt_r's output, inside data_; empty when it failed.
  std::string_view run(std::string_view password, const char* settings);
  void wipe();

  std::unique_ptr<crypt_data, Free> data_;
};

// Thread CPU time that one hash with this cost takes here: measured with a small cost and scaled,
// because each step of cost doubles it. Takes some tens of milliseconds.
[[nodiscard]] Duration estimate_bcrypt_time(unsigned bcrypt_cost);

// The cost whose hashes take nearest to `target` here, but at least kBcryptCostChosenMin. Takes
// some tens of milliseconds.
[[nodiscard]] unsigned choose_bcrypt_cost(Duration target);

// Its arithmetic: `one_hash` is what a hash with `measured_cost` took.
[[nodiscard]] unsigned choose_bcrypt_cost(Duration target, Duration one_hash,
                                          unsigned measured_cost);

}  // namespace core
