#include "server/app/certificate_watch.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

#include "core/base/invariant.h"
#include "server/app/summary.h"

namespace server {
namespace {

// Whatever tells one content of a file from the next.
std::string state_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return path + " is missing\n";
  return fmt::format("{} {} {} {} {}.{} {}.{}\n", path, status.st_dev, status.st_ino,
                     status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                     status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
}

std::string state_of(const config::Config& config) {
  std::string all;
  for (const config::PlacedPath* file : certificate_files(config)) all += state_of(file->path);
  return all;
}

}  // namespace

CertificateWatch::CertificateWatch(const config::Config& config,
                                   std::shared_ptr<core::TicketKeys> keys, Callbacks callbacks,
                                   core::Duration period)
    : config_(config),
      keys_(std::move(keys)),
      callbacks_(std::move(callbacks)),
      period_(period),
      in_use_(state_of(config)),
      seen_(in_use_),
      thread_([this] { watch(); }) {}

CertificateWatch::~CertificateWatch() { INVARIANT(!thread_.joinable()); }

bool CertificateWatch::stop(core::Duration limit) {
  if (!thread_.joinable()) return true;
  {
    core::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    const core::TimePoint until = core::Clock::now() + limit;
    while (!ended_) {
      if (changed_.wait_until(mutex_, until) == std::cv_status::timeout && !ended_) return false;
    }
  }
  thread_.join();
  return true;
}

void CertificateWatch::watch() {
  while (wait_for_period()) look();
  core::MutexLock lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

bool CertificateWatch::wait_for_period() {
  const core::TimePoint until = core::Clock::now() + period_;
  core::MutexLock lock(mutex_);
  while (!stopping_) {
    if (changed_.wait_until(mutex_, until) == std::cv_status::timeout) break;
  }
  return !stopping_;
}

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
