// Rehearsal: one request answered as the server would, without a socket: the same session, router,
// handlers, cache and files lane, on the caller's thread and one worker; passwords are checked as
// the server checks them. For people who ask why.
// Reads the files that the request reads; changes nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "server/app/snapshot.h"
#include "server/dispatch/route_trace.h"
#include "server/handlers/representation.h"

namespace server {

struct Rehearsal {
  // A path that was looked up below a root, and what it turned out to be.
  struct LookUp {
    std::string path;
    std::optional<config::Coding> coding;  // of the sibling that was asked for
    Representation::Kind kind = Representation::Kind::kFailed;
    std::string file;  // kFile: absolute
  };

  std::optional<RouteTrace> trace;  // nullopt: refused before any site was asked
  std::string head;                 // of the answer, as a client would get it
  std::uint64_t body_bytes = 0;
  std::vector<LookUp> look_ups;  // in their order
};

// `request` is a whole head that comes in on `listener`. Fails when the loop cannot be made, or
// when there is no answer within `limit`: a root hangs.
[[nodiscard]] core::Result<Rehearsal> rehearse(std::shared_ptr<const Snapshot> snapshot,
                                               std::uint32_t listener, std::string_view request,
                                               core::Duration limit);

}  // namespace server
