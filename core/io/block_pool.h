// BlockPool: the memory of all output queues of one loop: blocks that small answers are copied
// into, and the links for what is not copied (shared bytes, ranges of files). What is given back is
// kept for the next answer up to a limit, so that a hot loop allocates nothing and an idle
// connection owns nothing. Loop thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/unique_fd.h"

namespace core {

class JobQueue;

// An open file whose ranges are being sent: shared by the answers that read it and the job that
// sends.
struct OpenFile {
  UniqueFd fd;
  std::shared_ptr<JobQueue> queue = nullptr;  // of the jobs that touch it; null: the lane's own
};

// One stretch of output. `data` points into the segment's own block, or into what `owner` keeps
// alive, or is null when the bytes are those of `file`.
struct Segment {
  Segment* next = nullptr;
  const char* data = nullptr;
  std::uint64_t size = 0;         // bytes left
  std::uint64_t file_offset = 0;  // of the next byte in `file`
  std::shared_ptr<const void> owner;
  std::shared_ptr<const OpenFile> file;
  char* block = nullptr;  // kBlockBytes of our own, or null
};

class BlockPool {
 public:
  static constexpr std::size_t kBlockBytes = 8192;
  static constexpr std::size_t kKeptBlocks = 512;  // 4 MiB a loop
  static constexpr std::size_t kKeptSegments = 2048;

  BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;
  ~BlockPool();

  [[nodiscard]] Segment* take_segment();
  [[nodiscard]] Segment* take_segment_with_block();
  // Drops what the segment holds.
  void give_back(Segment* segment);

  // Segments that are out: 0 when nothing is queued anywhere.
  [[nodiscard]] std::size_t in_use() const { return in_use_; }
  // Of the blocks among them.
  [[nodiscard]] std::size_t block_bytes() const { return blocks_in_use_ * kBlockBytes; }

 private:
  std::vector<Segment*> free_segments_;
  std::vector<char*> free_blocks_;
  std::size_t in_use_ = 0;
  std::size_t blocks_in_use_ = 0;
};

}  // namespace core
