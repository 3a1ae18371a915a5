// ClientLines: who waits for a hash, in one line for each client network, served in turn: a client
// who asks for a thousand holds up another by the one that is being served. For who is served goes
// behind all who have come meanwhile. Bounded in all and for each. Owns nothing; one thread, its
// owner's.
#pragma once

#include <cstddef>
#include <unordered_map>

#include "core/base/address_block.h"
#include "core/base/intrusive_list.h"
#include "server/auth/network_hash.h"

namespace server {

class ClientLines {
  struct Line;

 public:
  // Who waits: in one line at most, and out of it before it is destroyed.
  class Member : public core::ListHook<Member> {
   public:
    // As SocketAddress::client_network() has it.
    core::IpAddress network{};

   private:
    friend class ClientLines;
    Line* line_ = nullptr;
  };

  ClientLines(std::size_t members_max, std::size_t per_network_max);

  // False when there is no room, in all or for its network.
  [[nodiscard]] bool try_put(Member& member);
  // Of the line whose turn it is; null when nobody waits. Its network is served until
  // end_service().
  [[nodiscard]] Member* take_next();
  void end_service(const core::IpAddress& network);
  // Nothing happens to one who is in no line.
  void remove(Member& member);
  [[nodiscard]] std::size_t waiting() const { return waiting_; }

  // visit(Member&) for each who waits; must not change the lines.
  template <typename Visit>
  void for_each(Visit visit) {
    turns_.for_each([&visit](Line& line) { line.members.for_each(visit); });
  }

 private:
  struct Line : core::ListHook<Line> {
    core::IntrusiveList<Member> members;
    std::size_t size = 0;
    std::size_t served = 0;  // of those that were taken
  };
  void leave_if_done(const core::IpAddress& network, const Line& line);

  const std::size_t members_max_;
  const std::size_t per_network_max_;
  core::IntrusiveList<Line> turns_;  // in whose line somebody waits; the longest unserved in front
  std::unordered_map<core::IpAddress, Line, NetworkHash> lines_;  // waited in, or being served
  std::size_t waiting_ = 0;
};

}  // namespace server
