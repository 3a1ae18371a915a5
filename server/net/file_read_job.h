// FileReadJob: one piece of a large file into memory, on the files lane, for bytes that have to be
// changed before they are sent (TLS): a page that is not in memory makes a worker wait, never a
// loop. Its buffer comes from the loop and goes back there.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/base/callback.h"
#include "core/io/block_pool.h"
#include "core/work/job.h"

namespace server {

class FileReadJob final : public core::Job {
 public:
  static constexpr std::uint64_t kPieceBytesMax = std::uint64_t{128} * 1024;

  enum class Outcome : std::uint8_t {
    kRead,       // the whole piece; nothing, when the job was abandoned
    kTruncated,  // the file has become shorter than what was announced
    kFailed      // the disk did not give it
  };

  using OnFinished = core::Callback<void()>;
  explicit FileReadJob(OnFinished on_finished) : on_finished_(on_finished) {}

  // --- Loop thread, while the job is not out.

  // Of the range that begins at `offset`, at most kPieceBytesMax. 0 < size.
  void prepare(std::shared_ptr<const core::OpenFile> file, std::uint64_t offset,
               std::uint64_t size);
  // What was read and not taken yet.
  [[nodiscard]] std::string_view bytes() const { return {buffer_.get() + taken_, read_ - taken_}; }
  void take(std::size_t size) { taken_ += size; }
  [[nodiscard]] Outcome outcome() const { return failed() ? Outcome::kFailed : outcome_; }
  // No further piece is wanted for now.
  void free_buffer();

 private:
  void run() override;
  void finish() override {
    if (failed()) free_buffer();
    file_.reset();
    on_finished_();
  }

  const OnFinished on_finished_;
  std::unique_ptr<char[]> buffer_;
  std::shared_ptr<const core::OpenFile> file_;
  std::uint64_t offset_ = 0;
  std::size_t size_ = 0;
  std::size_t read_ = 0;
  std::size_t taken_ = 0;
  Outcome outcome_ = Outcome::kRead;
};

}  // namespace server
