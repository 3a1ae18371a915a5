// TlsTransport: TLS beneath one connection's session: handshake steps on the tls lane, then records
// opened and sealed on the loop, a few microseconds each, with a cap on how much of the output is
// sealed ahead. Large files are read on the files lane, because their bytes have to be changed.
// What the peer does wrong ends in failed() and an alert in the output.
//
// Loop thread only. Owned by its connection, which sends the output, and destroyed while no job is
// out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/base/callback.h"
#include "core/base/clock.h"
#include "core/io/output_queue.h"
#include "core/tls/tls_filter.h"
#include "core/work/job_queue.h"
#include "core/work/lane.h"
#include "server/http/connection_facts.h"
#include "server/http/date_text.h"
#include "server/net/connection_input.h"
#include "server/net/file_read_job.h"
#include "server/net/handshake_job.h"

namespace server {

class TlsTransport {
 public:
  // Sealed and not sent yet; more is sealed once it is less.
  static constexpr std::uint64_t kSealedBytesMax = std::uint64_t{64} * 1024;
  // Of the peer's records in a turn (TlsFilter::work()): 64 small ones are 0.1 ms, and as many
  // large ones more than is received in one. A handful of key updates takes as long.
  static constexpr std::uint64_t kWorkPerTurn = 64;
  // Of the plaintext that one record holds (RFC 8446 5.1), and of a loop's scratch.
  static constexpr std::size_t kRecordBytesMax = std::size_t{16} * 1024;

  // What the connections of a loop share. `scratch` holds nothing between two calls but what
  // next() returned.
  struct Shared {
    core::Lane& tls;
    // Of the handshakes that resume: cheap, and in turn with all the others, so that clients who
    // were here before come in while strangers by the thousand wait.
    core::JobQueue& resumptions;
    FilterBin& ended;
    core::Lane& files;
    std::span<char> scratch;  // kRecordBytesMax at least
    DateText& date;
  };

  using OnProgress = core::Callback<void()>;
  // `deadline`: of the handshake. `on_progress`: a job has come back.
  TlsTransport(const Shared& shared, std::shared_ptr<const core::TlsServerContext> context,
               core::BlockPool& blocks, core::TimePoint deadline, OnProgress on_progress);
  TlsTransport(const TlsTransport&) = delete;
  TlsTransport& operator=(const TlsTransport&) = delete;
  // busy() must not hold. The filter goes where a worker frees it.
  ~TlsTransport();

  enum class Handshake : std::uint8_t { kWantsInput, kBusy, kDone, kFailed, kRefused };
  // Takes what is there and starts the next step, if it can; what is to be sent goes to `output`.
  // kRefused: the lane is full. Not after kDone.
  [[nodiscard]] Handshake shake_hands(ConnectionInput& input, core::OutputQueue& output);

  [[nodiscard]] core::TimePoint deadline() const { return deadline_; }

  // --- Once the handshake is done.

  void begin_turn() { work_before_ = handshake_.filter()->work(); }
  // next() opens no more in this turn: one connection's records are not to hold up all others.
  [[nodiscard]] bool had_its_share() const {
    return handshake_.filter()->work() - work_before_ >= kWorkPerTurn;
  }

  // Plaintext: what is left of the oldest piece, opened from `input` when there is none. Empty:
  // more must be received, or had_its_share(), or failed(), or ended(). Alerts and the like go to
  // `output`.
  [[nodiscard]] std::span<const std::byte> next(ConnectionInput& input, core::OutputQueue& output);
  void take(std::size_t size) { taken_ += size; }
  // The scratch is somebody else's next turn: what is left is copied.
  void stash();
  [[nodiscard]] std::size_t backlog_bytes() const { return backlog_.size(); }
  [[nodiscard]] bool ended() const { return ended_; }  // by close_notify

  // What the session has to say, in the clear.
  [[nodiscard]] core::OutputQueue& plain() { return plain_; }
  [[nodiscard]] const core::OutputQueue& plain() const { return plain_; }
  // Seals what may be sealed now; starts to read what has to be read first. False, and again each
  // time: a file cannot keep the length that was announced. What stands before that is in `output`.
  [[nodiscard]] bool seal(core::OutputQueue& output);
  // Seals close_notify; false when that has been done before.
  [[nodiscard]] bool close(core::OutputQueue& output);

  // The peer has broken the protocol, in the handshake or later; an alert is in the output.
  [[nodiscard]] bool failed() const { return failed_; }

  // --- The end.

  // A job is out.
  [[nodiscard]] bool busy() const { return shaking_ || reading_; }
  // Nobody waits for its jobs any more.
  void leave();

  [[nodiscard]] const TlsFacts& facts() const { return facts_; }

 private:
  void on_step();
  void on_piece();
  [[nodiscard]] bool open_record(core::OutputQueue& output);
  [[nodiscard]] bool seal_bytes(core::OutputQueue& output);
  [[nodiscard]] bool seal_file(core::OutputQueue& output);

  const Shared shared_;
  const OnProgress on_progress_;
  const core::TimePoint deadline_;
  HandshakeJob handshake_;
  TlsFacts facts_;
  std::unique_ptr<FileReadJob> piece_;  // made for the first large file
  core::OutputQueue plain_;
  std::string backlog_;                // plaintext, older than `opened_`
  std::span<const std::byte> opened_;  // in the scratch
  std::size_t taken_ = 0;              // of the oldest of both
  std::uint64_t work_before_ = 0;      // this turn
  bool shaking_ = false;
  bool stepped_ = false;  // a step has come back and nobody has looked at it
  bool reading_ = false;
  bool failed_ = false;
  bool ended_ = false;
  bool closed_ = false;
};

}  // namespace server
