#include "server/auth/client_lines.h"

#include "core/base/invariant.h"

namespace server {

ClientLines::ClientLines(std::size_t members_max, std::size_t per_network_max)
    : members_max_(members_max), per_network_max_(per_network_max) {
  INVARIANT(members_max > 0 && per_network_max > 0);
}

bool ClientLines::try_put(Member& member) {
  INVARIANT(member.line_ == nullptr);
  if (waiting_ >= members_max_) return false;
  Line& line = lines_[member.network];
  if (line.size >= per_network_max_) return false;
  if (line.size++ == 0) turns_.push_back(line);
  line.members.push_back(member);
  member.line_ = &line;
  ++waiting_;
  return true;
}

ClientLines::Member* ClientLines::take_next() {
  Line* line = turns_.pop_front();
  if (line == nullptr) return nullptr;
  turns_.push_back(*line);
  Member* member = line->members.front();
  remove(*member);
  return member;
}

void ClientLines::remove(Member& member) {
  Line* line = member.line_;
  if (line == nullptr) return;
  INVARIANT(waiting_ > 0 && line->size > 0);
  member.unlink();
  member.line_ = nullptr;
  --waiting_;
  if (--line->size == 0) lines_.erase(member.network);
}

}  // namespace server
