#include "server/auth/user_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "config/utf8.h"
#include "core/base/invariant.h"
#include "server/auth/user_name.h"

namespace server {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlanks = " \t";

// bcrypt with cost 10, salt and digest without meaning.
constexpr std::string_view kNobody = "$2b$10$......................*******************************";
constexpr std::size_t kNobodySettingsSize = 29;

std::string_view without_end(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line.substr(0, line.find_last_not_of(kBlanks) + 1);
}

bool is_passed_over(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(kBlanks);
  return begin == std::string_view::npos || line[begin] == '#';
}

}  // namespace

// Takes the lines of one file, in their order.
class UserTable::Reader {
 public:
  explicit Reader(const core::SipKey& key) : table_(new UserTable(key)) {}

  void take(std::string_view line) {
    ++number_;
    line_ = without_end(line);
    if (is_passed_over(line_)) return;
    const std::size_t colon = line_.find(':');
    if (colon == std::string_view::npos) {
      return complain(0,
                      "there is no colon: a line is NAME:HASH, as `ouro hash-password --user "
                      "NAME` prints it");
    }
    const std::string_view name = line_.substr(0, colon);
    if (const auto mistake = check_user_name(name)) {
      return complain(mistake->offset, mistake->message);
    }
    const auto [first, is_new] = first_lines_.try_emplace(name, number_);
    if (!is_new) {
      table_->users_.erase(std::string(name));
      return complain(0, fmt::format("\"{}\" is in line {} already: remove one of the two", name,
                                     first->second));
    }
    take_hash(name, colon + 1);
  }

  Parsed finish() {
    auto& stand_ins = table_->stand_ins_;
    stand_ins.reserve(table_->users_.size() + 1);
    for (const auto& user : table_->users_) {
      stand_ins.push_back(core::without_password(user.second));
    }
    if (stand_ins.empty()) {
      stand_ins.push_back(
          {core::PasswordHash::Kind::kBcrypt, std::string(kNobody), 10, kNobodySettingsSize});
    }
    // By what they cost: a user more or less in the file moves few names to another cost, where a
    // change could be noticed.
    std::sort(stand_ins.begin(), stand_ins.end(), [](const auto& one, const auto& other) {
      return std::tie(one.kind, one.cost, one.text) < std::tie(other.kind, other.cost, other.text);
    });
    return {std::move(table_), std::move(mistakes_)};
  }

 private:
  void take_hash(std::string_view name, std::size_t offset) {
    const std::string_view text = line_.substr(offset);
    if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
      return complain(offset + colon,
                      "there is a second colon: behind it nothing belongs to the hash, remove it");
    }
    if (!text.empty() && kBlanks.find(text.front()) != std::string_view::npos) {
      return complain(offset, "there is a blank in front of the hash: remove it");
    }
    auto hash = core::read_password_hash(text);
    if (!hash) {
      return complain(offset, fmt::format("the hash of \"{}\" {}", name, hash.error()));
    }
    table_->users_.emplace(name, std::move(*hash));
  }

  void complain(std::size_t offset, std::string message) {
    const std::size_t column = config::count_characters(line_.substr(0, offset)) + 1;
    mistakes_.push_back({number_, column, std::move(message)});
  }

  std::shared_ptr<UserTable> table_;
  std::vector<Mistake> mistakes_;
  std::size_t number_ = 0;  // of the line
  std::string_view line_;
  std::unordered_map<std::string_view, std::size_t> first_lines_;  // where each name stands first
};

const core::SipKey& UserTable::process_key() {
  static const core::SipKey kKey = core::SipKey::random();
  return kKey;
}

UserTable::Parsed UserTable::parse(std::string_view text, const core::SipKey& key) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Reader reader(key);
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\n'), text.size());
    reader.take(text.substr(0, size));
    text.remove_prefix(std::min(size + 1, text.size()));
  }
  return reader.finish();
}

const core::PasswordHash* UserTable::find(std::string_view user) const {
  const auto found = users_.find(user);
  return found == users_.end() ? nullptr : &found->second;
}

const core::PasswordHash& UserTable::stand_in(std::string_view user) const {
  INVARIANT(!stand_ins_.empty() && stand_ins_.size() <= UINT32_MAX);
  // The upper half of the hash as a fraction of the whole.
  const std::uint64_t fraction = core::sip_hash(key_, user) >> 32U;
  return stand_ins_[static_cast<std::size_t>(fraction * stand_ins_.size() >> 32U)];
}

}  // namespace server
