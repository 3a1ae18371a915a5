#include "core/base/heap.h"

#include <memory>
#include <vector>

namespace core {
namespace {

// Below M_MMAP_THRESHOLD (mallopt(3)): what is larger has a map of its own.
constexpr std::size_t kPieceBytes = std::size_t{64} << 10;

}  // namespace

void reserve_heap(std::size_t bytes) {
  std::vector<std::unique_ptr<char[]>> pieces(bytes / kPieceBytes);
  // Not touched, so that no memory is behind them.
  for (auto& piece : pieces) piece.reset(new char[kPieceBytes]);
}

}  // namespace core
