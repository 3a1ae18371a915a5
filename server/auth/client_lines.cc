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
  Line* line = nullptr;
  turns_.for_each_while([&line](Line& candidate) {
    if (candidate.served == 0 || line == nullptr) line = &candidate;
    return candidate.served > 0;  // who is being served is so once more only if nobody else waits
  });
  if (line == nullptr) return nullptr;
  ++line->served;
  line->unlink();
  turns_.push_back(*line);
  Member* member = line->members.front();
  remove(*member);
  return member;
}

void ClientLines::end_service(const core::IpAddress& network) {
  Line& line = lines_.at(network);
  INVARIANT(line.served > 0);
  --line.served;
  if (line.linked()) {
    line.unlink();
    turns_.push_back(line);
  }
  leave_if_done(network, line);
}

void ClientLines::remove(Member& member) {
  Line* line = member.line_;
  if (line == nullptr) return;
  INVARIANT(waiting_ > 0 && line->size > 0);
  member.unlink();
  member.line_ = nullptr;
  --waiting_;
  if (--line->size == 0) line->unlink();
  leave_if_done(member.network, *line);
}

void ClientLines::leave_if_done(const core::IpAddress& network, const Line& line) {
  if (line.size == 0 && line.served == 0) lines_.erase(network);
}

}  // namespace server
