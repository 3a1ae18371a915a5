// HandshakeWatch: what must hold of the steps of handshakes between the loop and the workers, and
// how often which hardship fell on them. Nobody but a worker touches a step that is out: what can
// be seen of its job and its filter is the same at both ends of every wait. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/net/handshake_job.h"
#include "tests/simulation/kernel.h"

namespace simulation {

struct HandshakeCounts {
  std::uint64_t steps = 0;  // of handshakes, that workers were given
  std::uint64_t hellos_in_pieces = 0;
  std::uint64_t steps_spared = 0;  // whose client had left before they began
  std::uint64_t refused = 0;       // the lane was full
  std::uint64_t handshakes = 0;    // that came to their end
  std::uint64_t failed = 0;
  // While a step was out.
  std::uint64_t bytes_meanwhile = 0;
  std::uint64_t ends_meanwhile = 0;
  std::uint64_t resets_meanwhile = 0;
  // The first request came with the end of the handshake.
  std::uint64_t requests_along = 0;
};

class HandshakeWatch {
 public:
  explicit HandshakeWatch(Kernel& kernel) : kernel_(kernel) {}

  void on_refused(const server::HandshakeJob& job);
  void on_submitted(const server::HandshakeJob& job);
  void before_run(const server::HandshakeJob& job);
  void after_run(const server::HandshakeJob& job);
  void on_home(const server::HandshakeJob& job);

  [[nodiscard]] std::size_t out() const { return steps_.size(); }
  [[nodiscard]] const HandshakeCounts& counts() const { return counts_; }

 private:
  // What everybody may see of a job.
  struct View {
    explicit View(const server::HandshakeJob& job);
    bool operator==(const View&) const = default;

    const core::TlsFilter* filter;
    bool handshake_done;
    std::string failure;
    std::string input;
    core::TlsFilter::Outcome outcome;
  };
  struct Step {
    const server::HandshakeJob* job;
    std::shared_ptr<Socket> socket;
    View view;
    std::size_t sent_bytes;  // by the client and not received, when the step was submitted
    bool ended;              // by then, likewise
    bool reset;
  };

  [[nodiscard]] Step& step_of(const server::HandshakeJob& job);

  Kernel& kernel_;
  std::vector<Step> steps_;
  HandshakeCounts counts_;
};

}  // namespace simulation
