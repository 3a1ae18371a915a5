#include "core/base/invariant.h"

#include <cstdio>
#include <cstdlib>

namespace core {

void invariant_violated(const char* condition, const char* file, int line) {
  static_cast<void>(
      std::fprintf(stderr, "ouro: %s:%d: invariant violated: %s\n", file, line, condition));
  std::abort();
}

}  // namespace core
