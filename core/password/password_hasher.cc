#include "core/password/password_hasher.h"

#include <crypt.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "core/base/invariant.h"
#include "core/base/wipe.h"

namespace core {
namespace {

constexpr unsigned kMeasuredCost = 8;  // about 12 ms
constexpr int kMeasurements = 3;

// In a time that depends on the sizes alone. volatile: the loop must not learn to stop early.
bool equal_in_constant_time(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) return false;
  volatile unsigned char difference = 0;
  for (std::size_t index = 0; index < one.size(); ++index) {
    difference = static_cast<unsigned char>(difference |
                                            static_cast<unsigned char>(one[index] ^ other[index]));
  }
  return difference == 0;
}

Duration thread_cpu_time() {
  timespec time{};
  INVARIANT(::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// The shortest of a few: whatever disturbs makes it longer.
Duration measure(unsigned bcrypt_cost) {
  PasswordHasher hasher;
  Duration shortest = Duration::max();
  for (int count = 0; count < kMeasurements; ++count) {
    const Duration begin = thread_cpu_time();
    std::string hash = hasher.hash("measured", bcrypt_cost);
    shortest = std::min(shortest, thread_cpu_time() - begin);
  }
  return shortest;
}

}  // namespace

void PasswordHasher::Free::operator()(crypt_data* data) const { delete data; }

// Zeroed: crypt_r(3) asks for it before the first use.
PasswordHasher::PasswordHasher() : data_(new crypt_data{}) {}

std::string_view PasswordHasher::run(std::string_view password, const char* settings) {
  static_assert(kPasswordBytesMax < CRYPT_MAX_PASSPHRASE_SIZE);
  INVARIANT(password.size() <= kPasswordBytesMax);
  INVARIANT(password.find('\0') == std::string_view::npos);
  // crypt.h invites to keep the password in `input`, so that it is wiped with the rest.
  std::copy(password.begin(), password.end(), std::begin(data_->input));
  data_->input[password.size()] = '\0';
  const char* output = ::crypt_r(data_->input, settings, data_.get());
  // "*0" and "*1" are failures (crypt(3)); other implementations return nullptr.
  if (output == nullptr || output[0] == '*') return {};
  return output;
}

void PasswordHasher::wipe() { ::explicit_bzero(data_.get(), sizeof(crypt_data)); }

bool PasswordHasher::verify(std::string_view password, const PasswordHash& hash) {
  if (password.size() > kPasswordBytesMax) return false;
  if (password.find('\0') != std::string_view::npos) return false;
  // Without the digest, so that what the digest is cannot change what crypt_r does.
  const std::string settings(hash.settings());
  const std::string_view output = run(password, settings.c_str());
  const bool is_right = !output.empty() && equal_in_constant_time(output, hash.text);
  wipe();
  return is_right;
}

std::string PasswordHasher::hash(std::string_view password, unsigned bcrypt_cost) {
  INVARIANT(bcrypt_cost >= kBcryptCostMin && bcrypt_cost <= kBcryptCostMax);
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> settings{};
  // Without random bytes of ours it takes the kernel's.
  const bool made = ::crypt_gensalt_rn("$2b$", bcrypt_cost, nullptr, 0, settings.data(),
                                       static_cast<int>(settings.size())) != nullptr;
  INVARIANT(made);
  std::string text(run(password, settings.data()));
  wipe();
  INVARIANT(!text.empty());
  return text;
}

Duration estimate_bcrypt_time(unsigned bcrypt_cost) {
  INVARIANT(bcrypt_cost >= kBcryptCostMin && bcrypt_cost <= kBcryptCostMax);
  const Duration measured = measure(kMeasuredCost);
  return bcrypt_cost >= kMeasuredCost ? measured * (1U << (bcrypt_cost - kMeasuredCost))
                                      : measured / (1U << (kMeasuredCost - bcrypt_cost));
}

unsigned choose_bcrypt_cost(Duration target) {
  return choose_bcrypt_cost(target, measure(kMeasuredCost), kMeasuredCost);
}

unsigned choose_bcrypt_cost(Duration target, Duration one_hash, unsigned measured_cost) {
  INVARIANT(one_hash > Duration::zero());
  // Nearest as a ratio: 0.14 s is as near to 0.1 s as 0.07 s is.
  const double steps =
      std::log2(static_cast<double>(target.count()) / static_cast<double>(one_hash.count()));
  const double cost = static_cast<double>(measured_cost) + std::round(steps);
  return static_cast<unsigned>(
      std::clamp(cost, double{kBcryptCostChosenMin}, double{kBcryptCostMax}));
}

}  // namespace core
