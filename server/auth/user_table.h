// UserTable: the users of one htpasswd file. Immutable after parse(), shared by reference; any
// thread. What is wrong with the file is a list of mistakes; the good lines are a table all the
// same.
//
// A line is NAME:HASH, in UTF-8. Passed over are empty lines and comments (#), blanks at the end of
// a line, the CR of CRLF, a byte order mark.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/sip_hash.h"
#include "core/base/string_map.h"
#include "core/password/password_hash.h"

namespace server {

class UserTable {
 public:
  struct Mistake {
    std::size_t line;    // from 1
    std::size_t column;  // from 1, in characters
    std::string message;
  };
  struct Parsed {
    std::shared_ptr<const UserTable> table;  // never null
    std::vector<Mistake> mistakes;           // in the order of the lines
  };

  // For stand_in(): random, the same as long as the process lives, whatever files it reads.
  [[nodiscard]] static const core::SipKey& process_key();

  // A name that is there twice is a mistake and nobody's: which of the two lines is the old one
  // cannot be told.
  [[nodiscard]] static Parsed parse(std::string_view text, const core::SipKey& key = process_key());

  // nullptr: there is no such user.
  [[nodiscard]] const core::PasswordHash* find(std::string_view user) const;

  // For a name that is not there: a hash that no password matches, with the settings of a user who
  // is there. Which one is chosen by a keyed hash of the name: unknown users cost what known ones
  // do and vary as they do, each always the same. An empty table costs like bcrypt with cost 10.
  [[nodiscard]] const core::PasswordHash& stand_in(std::string_view user) const;

  [[nodiscard]] std::size_t size() const { return users_.size(); }

  // What logins cost: for each user a hash that no password matches, with the settings of theirs.
  [[nodiscard]] std::span<const core::PasswordHash> settings() const {
    return std::span(stand_ins_).first(users_.size());
  }

 private:
  class Reader;

  explicit UserTable(const core::SipKey& key) : key_(key) {}

  core::SipKey key_;
  core::StringMap<core::PasswordHash> users_;
  std::vector<core::PasswordHash> stand_ins_;  // one for each user; never empty
};

}  // namespace server
