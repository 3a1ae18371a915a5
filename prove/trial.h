// Trial: one storm against a server of its own, which knows nothing of the storms before: started,
// attacked, measured, killed. Main thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "prove/attack.h"
#include "prove/cpu_group.h"
#include "prove/interruption.h"
#include "prove/options.h"
#include "prove/row.h"
#include "prove/server_process.h"
#include "prove/start_lines.h"
#include "prove/temporary_site.h"

namespace prove {

class Trial {
 public:
  // All of them outlive it.
  Trial(const Options& options, const Storm& storm, TemporarySite& site,
        Interruption& interruption);
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;
  ~Trial();

  // What fails is a failure of the row. Its budget is not yet judged. nullopt: interrupted.
  [[nodiscard]] std::optional<Row> run();

 private:
  // Each false: no more can be done, and the row says why, or it was interrupted.
  [[nodiscard]] bool prepare();
  [[nodiscard]] bool start_server();
  [[nodiscard]] bool check_preparation();
  [[nodiscard]] bool measure();
  struct Look {
    Figures figures;
    Status status;
    double cpu_wait = 0;
  };
  [[nodiscard]] bool look(Look& look);
  [[nodiscard]] bool await(const std::function<bool()>& condition);
  [[nodiscard]] bool fail(std::string why);
  void note_plain(const loadtest::Tally& tally);
  void note_loops(const Look& before, const Look& after);
  void note_turns(const Status& before, const Status& after);
  void note_work(std::vector<Work> seen_by_clients);
  void note_held();

  const Options& options_;
  TemporarySite& site_;
  Interruption& interruption_;
  Row row_;
  bool interrupted_ = false;
  // The group is there for longer than the server, which is there for longer than its clients.
  std::unique_ptr<CpuGroup> group_;
  std::unique_ptr<ServerProcess> server_;
  StartLines lines_;
};

// What an error log has about loops that were held: "loop 0 is held for 312 ms in its check phase".
[[nodiscard]] std::vector<std::string> held_loops_in(std::string_view error_log);

}  // namespace prove
