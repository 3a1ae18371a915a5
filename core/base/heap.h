// What a thread's heap is made of, before it is needed. Any thread, for itself.
#pragma once

#include <cstddef>

namespace core {

// From now on malloc(3) of this thread changes the process's memory map only when the thread has
// more than `bytes`. Every such change has to wait for all others (mmap_lock), and a thread of low
// priority that lost its CPU within one has everybody wait: a loop must not. glibc makes a thread's
// heap larger by what is asked for, page by page, and never takes it back from the map; what is
// free of it holds no memory.
void reserve_heap(std::size_t bytes);

}  // namespace core
