#include "core/base/wipe.h"

#include <cstring>

namespace core {

void wipe(std::string& text) {
  text.resize(text.capacity());
  ::explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace core
