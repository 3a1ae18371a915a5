// Snapshot: a configuration compiled into what the loops need: roots opened, limits in the units of
// the engines. Made once, off the loops; immutable and shared by all of them.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/tls/ticket_keys.h"
#include "server/app/certificates.h"
#include "server/app/route_labels.h"
#include "server/app/users_files.h"
#include "server/dispatch/router.h"
#include "server/handlers/file_cache.h"
#include "server/handlers/file_loader.h"
#include "server/http/http1_session.h"

namespace server {

class Snapshot {
 public:
  // Why a configuration that is right cannot be served: which value, and what the system says of
  // it.
  struct Failure {
    config::Place place;
    core::Error error;
  };

  // Opens every root and the directories of the error pages, reads certificates and users. Blocks:
  // not on a loop.
  [[nodiscard]] static core::Result<std::shared_ptr<const Snapshot>, Failure> compile(
      config::Config config);

  [[nodiscard]] const config::Config& config() const { return config_; }
  [[nodiscard]] HttpLimits http_limits() const;
  // For tickets, unless there are files of them.
  [[nodiscard]] const std::shared_ptr<core::TicketKeys>& ticket_keys() const {
    return ticket_keys_;
  }
  // As the files were when this was compiled; see CertificateWatch.
  [[nodiscard]] const Certificates& certificates() const { return certificates_; }

  // Likewise; see UsersWatch.
  [[nodiscard]] const Users& users() const { return users_; }
  [[nodiscard]] bool asks_for_passwords() const { return !users_.tables.empty(); }

  [[nodiscard]] const RouteLabels& route_labels() const { return route_labels_; }

  // The sites of one loop, with handlers of its own. `ready` is what health routes tell, `gate` who
  // checks passwords, null when no route asks for any, `counts` has one for each route label, or
  // nobody counts; all outlive them. Loop thread.
  void build_router(Router& router, FileCache& cache, const std::atomic<bool>& ready,
                    PasswordGate* gate, std::span<RouteCounts> counts) const;

 private:
  explicit Snapshot(config::Config config) : config_(std::move(config)), route_labels_(config_) {}
  [[nodiscard]] core::Result<void, Failure> open_roots();
  [[nodiscard]] core::Result<void, Failure> open_page_directories();
  [[nodiscard]] core::Result<void, Failure> read_users();
  [[nodiscard]] std::unique_ptr<StatusPages> make_pages(const config::Site& site,
                                                        FileCache& cache) const;

  const config::Config config_;
  const RouteLabels route_labels_;
  // One for each route, in the order of the sites and their routes.
  std::vector<std::unique_ptr<const FileSource>> sources_;
  std::map<std::string, std::unique_ptr<const FileSource>> page_sources_;  // by directory
  std::shared_ptr<core::TicketKeys> ticket_keys_ = core::TicketKeys::rotating();
  Certificates certificates_;
  Users users_;
};

}  // namespace server
