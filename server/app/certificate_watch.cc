#include "server/app/certificate_watch.h"

#include <fmt/format.h>

#include <utility>

#include "server/app/file_state.h"
#include "server/app/summary.h"

namespace server {
namespace {

std::string state_of(const config::Config& config) {
  std::string all;
  for (const config::PlacedPath* file : certificate_files(config)) all += file_state(file->path);
  return all;
}

}  // namespace

CertificateWatch::CertificateWatch(const config::Config& config,
                                   std::shared_ptr<core::TicketKeys> keys, Callbacks callbacks,
                                   core::Duration period)
    : config_(config),
      keys_(std::move(keys)),
      callbacks_(std::move(callbacks)),
      in_use_(state_of(config)),
      seen_(in_use_),
      thread_([this] { look(); }, period) {}

void CertificateWatch::look() {
  std::string now = state_of(config_);
  const bool settled = now == seen_;
  seen_ = std::move(now);
  if (!settled || seen_ == in_use_) return;
  in_use_ = seen_;
  reload();
}

void CertificateWatch::reload() {
  auto certificates = load_certificates(config_, keys_);
  if (!certificates) {
    for (const CertificateFailure& failure : certificates.error()) {
      callbacks_.say(fmt::format("{}: {}; the certificates of before serve on",
                                 summarize(failure.place), failure.message));
    }
    return;
  }
  callbacks_.replace(std::make_shared<const TlsContexts>(std::move(certificates->contexts)));
  callbacks_.say("certificates were read again");
}

}  // namespace server
