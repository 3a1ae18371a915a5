#include "server/app/hash_password.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "config/utf8.h"
#include "core/base/wipe.h"
#include "core/password/password_hasher.h"
#include "server/app/exit_code.h"
#include "server/app/password_input.h"
#include "server/auth/user_name.h"

namespace server {
namespace {

using Failure = HashPasswordFailure;
using Secret = core::Result<std::string, Failure>;

class WipedAtEnd {
 public:
  explicit WipedAtEnd(std::string& secret) : secret_(secret) {}
  WipedAtEnd(const WipedAtEnd&) = delete;
  WipedAtEnd& operator=(const WipedAtEnd&) = delete;
  ~WipedAtEnd() { core::wipe(secret_); }

 private:
  std::string& secret_;
};

core::unexpected<Failure> wrong(std::string message) {
  return core::unexpected(Failure{kExitWrongInput, std::move(message)});
}

// A password that can be hashed.
Secret checked(core::Result<std::string> read) {
  if (!read) return core::unexpected(Failure{kExitFailed, read.error().message});
  if (auto message = check_new_password(*read)) {
    core::wipe(*read);
    return wrong(std::move(*message));
  }
  return std::move(*read);
}

Secret ask_twice(int terminal, const std::optional<std::string>& user) {
  const std::string whose = user ? fmt::format("Password for {}: ", *user) : "Password: ";
  Secret first = checked(ask_for_password(terminal, whose));
  if (!first) return first;
  Secret second = checked(ask_for_password(terminal, "Once more: "));
  const bool equal = second && *first == *second;
  if (second) core::wipe(*second);
  if (equal) return first;
  core::wipe(*first);
  if (!second && second.error().exit_code == kExitFailed) return second;
  return wrong("the two passwords differ");
}

unsigned choose_cost(const std::optional<unsigned>& wanted) {
  const unsigned cost = wanted ? *wanted : core::choose_bcrypt_cost(kHashTime);
  const std::chrono::duration<double> takes = core::estimate_bcrypt_time(cost);
  fmt::print(stderr, "ouro: {} cost {}: a hash takes about {} s on this machine\n",
             wanted ? "bcrypt," : "chose bcrypt's", cost,
             takes.count() < 10 ? fmt::format("{:.2g}", takes.count())
                                : fmt::format("{:.0f}", takes.count()));
  return cost;
}

}  // namespace

std::optional<std::string> check_new_password(std::string_view password) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (password.empty()) return "the password is empty";
  if (password.size() > core::kPasswordBytesMax) {
    return fmt::format("the password has more than {} bytes, which bcrypt would ignore",
                       core::kPasswordBytesMax);
  }
  if (password.find('\0') != std::string_view::npos) {
    return "the password has a NUL, where bcrypt would end it";
  }
  // RFC 7617 2.
  if (std::any_of(password.begin(), password.end(), is_control)) {
    return "the password has a control character, which no browser may send";
  }
  if (config::find_invalid_utf8(password)) {
    return "the password is not UTF-8, which is what browsers send";
  }
  return std::nullopt;
}

core::Result<std::string, HashPasswordFailure> hash_password(const HashPasswordCommand& command,
                                                             int input) {
  if (command.user) {
    if (const auto mistake = check_user_name(*command.user)) return wrong(mistake->message);
  }
  Secret password =
      ::isatty(input) == 1 ? ask_twice(input, command.user) : checked(read_password_line(input));
  if (!password) return password;
  const WipedAtEnd wiped(*password);
  std::string hash = core::PasswordHasher().hash(*password, choose_cost(command.cost));
  return command.user ? *command.user + ":" + hash + "\n" : hash + "\n";
}

}  // namespace server
