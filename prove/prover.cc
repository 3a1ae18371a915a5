#include "prove/prover.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/descriptor_limit.h"
#include "core/tls/identity.h"
#include "prove/interruption.h"
#include "prove/json.h"
#include "prove/report.h"
#include "prove/storm.h"
#include "prove/temporary_site.h"
#include "prove/trial.h"
#include "prove/verdict.h"

namespace prove {
namespace {

constexpr int kProved = 0;
constexpr int kNotProved = 1;
constexpr std::chrono::days kCertificateLife{1};

int not_proved(std::string_view why) {
  fmt::print(stderr, "ouro prove: {}\n", why);
  return kNotProved;
}

// The first is what the others are compared with.
std::vector<Storm> wanted_storms(const Options& options) {
  std::vector<Storm> wanted;
  for (const Storm& storm : storms()) {
    if (wanted.empty() || options.storms.empty() ||
        std::find(options.storms.begin(), options.storms.end(), storm.name) !=
            options.storms.end()) {
      wanted.push_back(storm);
    }
  }
  return wanted;
}

bool any(const std::vector<Storm>& storms, bool Storm::*what) {
  return std::any_of(storms.begin(), storms.end(), [what](const Storm& s) { return s.*what; });
}

core::Result<TemporarySite::Parts> parts_for(const std::vector<Storm>& storms) {
  TemporarySite::Parts parts;
  parts.cold_files = any(storms, &Storm::cold_files);
  if (!any(storms, &Storm::handshakes)) return parts;
  const std::array<std::string, 2> names{"localhost", "127.0.0.1"};
  auto identity = core::TlsIdentity::self_signed(names, core::KeyKind::kRsa4096, kCertificateLife);
  if (!identity) return core::unexpected(core::Error{identity.error()});
  parts.identity = std::move(*identity);
  return parts;
}

// False: nobody takes it, and then nothing is proved to anybody.
bool show(const std::string& text) {
  return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
}

class Proof {
 public:
  Proof(const Options& options, TemporarySite& site, Interruption& interruption)
      : options_(options), site_(site), interruption_(interruption) {}

  // False, with a reason: to go on is no use.
  [[nodiscard]] bool try_out(const Storm& storm) {
    auto row = Trial(options_, storm, site_, interruption_).run();
    if (!row) return stop("interrupted");
    judge(*row);
    const std::string text = options_.json ? "" : text_of(*row);
    rows_.push_back(std::move(*row));
    return show(text) || stop(kUnread);
  }
  [[nodiscard]] bool conclude() {
    return show(options_.json ? json_report(options_, rows_) + "\n" : verdict_text(rows_)) ||
           stop(kUnread);
  }
  [[nodiscard]] const char* why_stopped() const { return why_stopped_; }

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

 private:
  void judge(Row& row) const {
    const auto alone = rows_.empty() ? row.plain.p99 : rows_.front().plain.p99;
    row.budget = budget_for(row.storm, alone, options_.budget);
    // One that could not be tried has said why.
    if (row.failures.empty()) row.failures = failures_of(row);
  }

  [[nodiscard]] std::string text_of(const Row& row) const {
    return (rows_.empty() ? table_head(options_, row) : "") + table_line(row);
  }
  bool stop(const char* why) {
    why_stopped_ = why;
    return false;
  }

  static constexpr const char* kUnread = "cannot write to standard output";

  const Options& options_;
  TemporarySite& site_;
  Interruption& interruption_;
  std::vector<Row> rows_;
  const char* why_stopped_ = "";
};

}  // namespace

int prove(const Options& options) {
  const std::vector<Storm> wanted = wanted_storms(options);
  // Takes seconds, and leaves nothing behind: Ctrl-C may still end it as it ends everything.
  const auto parts = parts_for(wanted);
  if (!parts) return not_proved(parts.error().message);
  core::raise_descriptor_limit();  // each connection is one
  Interruption interruption;
  const auto site = TemporarySite::make(*parts);
  if (!site) return not_proved(site.error().message);
  Proof proof(options, **site, interruption);
  for (const Storm& storm : wanted) {
    if (!proof.try_out(storm)) return not_proved(proof.why_stopped());
  }
  if (!proof.conclude()) return not_proved(proof.why_stopped());
  return proved(proof.rows()) ? kProved : kNotProved;
}

}  // namespace prove
