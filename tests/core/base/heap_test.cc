// Goal: what a thread reserves is mapped once for all, although it is free. Method: the process's
// memory map, around what the thread allocates afterwards.

#include "core/base/heap.h"

#include <doctest/doctest.h>

#include <charconv>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

namespace {

constexpr std::size_t kBytes = std::size_t{8} << 20;

// Of the mapping that the address is in: how much of it may be written without another change.
std::uint64_t mapped_around(const void* address) {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    const char* last = line.data() + line.size();
    const auto first = std::from_chars(line.data(), last, begin, 16);
    std::from_chars(first.ptr + 1, last, end, 16);
    if (begin <= wanted && wanted < end) return end - begin;
  }
  return 0;
}

std::uint64_t heap_of_a_thread(std::size_t reserved) {
  std::uint64_t mapped = 0;
  std::thread([&] {
    core::reserve_heap(reserved);
    const auto small = std::make_unique<int>(1);
    mapped = mapped_around(small.get());
  }).join();
  return mapped;
}

}  // namespace

TEST_CASE("a thread's heap is as large as it was reserved") {
  CHECK(heap_of_a_thread(0) > 0);
  // Sanitizers have an allocator of their own.
#ifndef OURO_SANITIZE
  CHECK(heap_of_a_thread(0) < kBytes);
  CHECK(heap_of_a_thread(kBytes) >= kBytes);
#endif
}
