// CpuGroup: a control group with a CPU quota, of cgroup version 2 or 1, for as long as this lives.
// One thread. Where the process's own group cannot have one below it, the groups above are tried:
// version 2 has none below a group with processes, but for the first.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"

namespace prove {

class CpuGroup {
 public:
  // `cpus`: seconds of CPU time in a second, of periods of 100 ms. An error says why there is none.
  // `root`: the folder that has proc and sys.
  [[nodiscard]] static core::Result<std::unique_ptr<CpuGroup>> make(const std::string& name,
                                                                    double cpus,
                                                                    const std::string& root = "");
  CpuGroup(const CpuGroup&) = delete;
  CpuGroup& operator=(const CpuGroup&) = delete;
  ~CpuGroup();  // its processes have ended

  // Who writes to it joins.
  [[nodiscard]] std::string file() const { return folder_ + "/cgroup.procs"; }

 private:
  explicit CpuGroup(std::string folder) : folder_(std::move(folder)) {}
  [[nodiscard]] core::Result<void> limit(double cpus) const;

  const std::string folder_;
};

}  // namespace prove
