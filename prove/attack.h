// Attack: a storm that goes on: clients on threads of their own, files that are kept cold, a root
// that hangs. One thread starts it, ends it and asks what it got done.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "loadtest/load_run.h"
#include "loadtest/plan.h"
#include "prove/page_dropper.h"
#include "prove/row.h"
#include "prove/start_lines.h"
#include "prove/storm.h"
#include "prove/temporary_site.h"

namespace prove {

class Attack {
 public:
  // The site outlives it.
  [[nodiscard]] static core::Result<std::unique_ptr<Attack>> start(const Storm& storm,
                                                                   const StartLines& server,
                                                                   TemporarySite& site);
  Attack(const Attack&) = delete;
  Attack& operator=(const Attack&) = delete;
  ~Attack() = default;

  // Ends it. What the clients have seen of their work is added; what only the server knows is not.
  [[nodiscard]] core::Result<std::vector<Work>> finish();

 private:
  enum class Kind : std::uint8_t { kPasswords, kHandshakes, kColdFiles, kHangingRoot, kUnreadLog };
  struct Wave {
    Kind kind = Kind::kPasswords;
    loadtest::Plan plan;
    std::unique_ptr<loadtest::LoadRun> run;
  };

  Attack() = default;
  [[nodiscard]] core::Result<void> add(Kind kind, loadtest::Options options);
  static void report(const Wave& wave, const loadtest::Outcome& outcome, std::vector<Work>& work);

  // Each plan outlives its run.
  std::vector<std::unique_ptr<Wave>> waves_;
  std::optional<PageDropper> dropper_;
};

}  // namespace prove
