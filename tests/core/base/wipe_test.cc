// Goal: nothing of a wiped string is left in its memory. Method: the memory looked at behind its
// back, in place and on the heap, also where the string was longer once.

#include "core/base/wipe.h"

#include <doctest/doctest.h>

#include <algorithm>

TEST_CASE("a wiped string leaves zeros, in all that it ever used") {
  for (const std::size_t size : {7U, 15U, 16U, 200U}) {
    CAPTURE(size);
    std::string text(size, 's');
    text.resize(size / 2);
    const char* const memory = text.data();
    CHECK(memory[size - 1] == 's');
    core::wipe(text);
    CHECK(text.empty());
    CHECK(text.data() == memory);
    CHECK(std::all_of(memory, memory + size, [](char c) { return c == '\0'; }));
  }
}
