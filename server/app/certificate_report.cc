#include "server/app/certificate_report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include "config/placed_diagnostic.h"
#include "server/app/summary.h"

namespace server {
namespace {

constexpr std::chrono::days kSoon{14};
constexpr std::size_t kNamesShown = 3;

std::string names_of(const core::TlsIdentity& identity) {
  const std::span<const std::string> all(identity.names());
  if (all.empty()) return "no name";
  const auto shown = all.first(std::min(all.size(), kNamesShown));
  std::string text = config::printable(fmt::format("{}", fmt::join(shown, ", ")));
  if (shown.size() < all.size()) text += fmt::format(" and {} more", all.size() - shown.size());
  return text;
}

std::string days(std::chrono::days count) {
  return fmt::format("{} day{}", count.count(), count.count() == 1 ? "" : "s");
}

std::string time_left(const core::TlsIdentity& identity, WallTime now) {
  using std::chrono::floor;
  if (now < identity.not_before()) {
    return fmt::format("not valid before {:%Y-%m-%d}",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(identity.not_before())));
  }
  if (now > identity.not_after()) {
    return fmt::format("expired {} ago",
                       days(floor<std::chrono::days>(now - identity.not_after())));
  }
  return days(floor<std::chrono::days>(identity.not_after() - now)) + " left";
}

// What its days mean for clients; nullptr when there are enough.
const char* trouble_of(const core::TlsIdentity& identity, WallTime now) {
  if (now < identity.not_before()) return "clients refuse it until then; is the clock right?";
  if (now > identity.not_after()) return "clients refuse it";
  return identity.not_after() - now < kSoon ? "clients refuse it from then on" : nullptr;
}

}  // namespace

std::string summarize_certificate(const core::TlsIdentity& identity, WallTime now) {
  const std::string issuer = identity.issuer() == identity.subject()
                                 ? "self-signed"
                                 : "from " + config::printable(identity.issuer());
  return fmt::format("{}  {}  {}  {}", names_of(identity), identity.key_description(), issuer,
                     time_left(identity, now));
}

std::vector<std::vector<std::string>> summarize_certificates(const Certificates& certificates,
                                                             WallTime now) {
  std::vector<std::vector<std::string>> all;
  for (const Certificates::Identities& identities : certificates.identities) {
    auto& lines = all.emplace_back();
    for (const auto& identity : identities) lines.push_back(summarize_certificate(*identity, now));
  }
  return all;
}

std::vector<config::Diagnostic> warn_of_certificates(const config::Loaded& loaded,
                                                     const Certificates& certificates,
                                                     WallTime now) {
  std::vector<config::Diagnostic> warnings;
  const auto warn = [&](const config::PlacedPath& file, const std::string& what, std::string help) {
    warnings.push_back(
        config::diagnose(loaded, file.place, config::quote(file.path) + what, std::move(help)));
    warnings.back().severity = config::Diagnostic::Severity::kWarning;
  };
  for (std::size_t i = 0; i < loaded.config.sites.size(); ++i) {
    const config::Site& site = loaded.config.sites[i];
    // One that we made is right.
    if (!site.tls) continue;
    for (std::size_t j = 0; j < certificates.identities[i].size(); ++j) {
      const core::TlsIdentity& identity = *certificates.identities[i][j];
      const config::PlacedPath& file = site.tls->certificates[j].certificate;
      const char* const trouble = trouble_of(identity, now);
      if (trouble != nullptr) warn(file, ": " + time_left(identity, now), trouble);
      for (const std::string& host : site.hosts) {
        if (identity.covers(host)) continue;
        warn(file, " is not for " + config::quote(host), "it is for " + names_of(identity));
      }
    }
  }
  for (const Certificates::Stapling& stapling : certificates.staplings) {
    if (!stapling.end || now <= *stapling.end) continue;
    const auto ago = std::chrono::floor<std::chrono::hours>(now - *stapling.end).count();
    warn(stapling.file, fmt::format(": the stapled response expired {} hours ago", ago),
         "it is not sent: clients take it for an attack");
  }
  return warnings;
}

CertificateReport check_certificates(const config::Loaded& loaded, WallTime now) {
  CertificateReport report;
  const auto certificates = load_certificates(loaded.config);
  if (!certificates) {
    for (const CertificateFailure& failure : certificates.error()) {
      if (failure.is_missing) continue;
      report.diagnostics.push_back(
          config::diagnose(loaded, failure.place, config::printable(failure.message)));
      report.is_right = false;
    }
    return report;
  }
  report.diagnostics = warn_of_certificates(loaded, *certificates, now);
  const auto all = summarize_certificates(*certificates, now);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const std::string& line : all[i]) {
      report.summary += fmt::format("{}: {}\n", summarize_hosts(loaded.config.sites[i]), line);
    }
  }
  return report;
}

}  // namespace server
