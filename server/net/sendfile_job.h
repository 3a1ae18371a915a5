// SendfileJob: one slice of a large file from the page cache or the disk into a socket, on the
// files lane: a page that is not in memory makes a worker wait, never a loop. While it is out the
// worker is the socket's only user: the kernel's socket lock would make the loop sleep beside it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>

#include "core/base/callback.h"
#include "core/io/block_pool.h"
#include "core/work/job.h"

namespace server {

class SendfileJob final : public core::Job {
 public:
  // Until then other connections' slices wait for this one's worker.
  static constexpr std::uint64_t kSliceBytesMax = std::uint64_t{1} << 20;

  enum class Outcome : std::uint8_t {
    kProgress,    // the slice is done, or nothing was done because the job was abandoned
    kWouldBlock,  // the socket takes no more for now
    kTruncated,   // the file has become shorter than what was announced
    kFailed       // the peer is gone, or the disk failed
  };

  // What it asks of the kernel, or what a test has in its place.
  struct Kernel {
    // sendfile(2).
    ssize_t (*send_file)(int socket, int file, off_t* offset, std::size_t size);
    // core/io/socket.h.
    void (*lift_unsent_limit)(int socket);
  };
  static const Kernel kSystem;

  // A socket begins with a short queue (core/io/socket.h). A peer that has made us wait so often is
  // slower than we are, and gets a deep one: that saves two of three wake-ups. A fast one makes us
  // wait a few times while its connection is new.
  static constexpr std::uint32_t kWaitsMax = 32;

  using OnFinished = core::Callback<void()>;
  SendfileJob(const Kernel& kernel, OnFinished on_finished)
      : kernel_(kernel), on_finished_(on_finished) {}

  // Loop thread, while the job is not out.
  void prepare(int socket, std::shared_ptr<const core::OpenFile> file, std::uint64_t offset,
               std::uint64_t size);

  // Whose only user the worker is, from submit to finish().
  [[nodiscard]] int socket() const { return socket_; }

  // The result, for on_finished.
  [[nodiscard]] std::uint64_t sent_bytes() const { return sent_; }
  [[nodiscard]] Outcome outcome() const { return failed() ? Outcome::kFailed : outcome_; }

 private:
  void run() override;
  void finish() override {
    file_.reset();
    on_finished_();
  }

  [[nodiscard]] bool try_deepen_queue();

  const Kernel kernel_;
  const OnFinished on_finished_;
  int socket_ = -1;
  std::shared_ptr<const core::OpenFile> file_;
  std::uint64_t offset_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t sent_ = 0;
  std::uint32_t waits_ = 0;  // how often the peer made us wait, on all ranges of the connection
  Outcome outcome_ = Outcome::kProgress;
};

}  // namespace server
