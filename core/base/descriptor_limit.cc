#include "core/base/descriptor_limit.h"

#include <sys/resource.h>

#include "core/base/invariant.h"

namespace core {

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  INVARIANT(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
  INVARIANT(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  return limit.rlim_cur;
}

}  // namespace core
