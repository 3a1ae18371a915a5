// Preloaded into a server by the bench: counts what is allocated from the heap, by any thread, and
// writes the count into the file $OURO_HEAP_COUNT names when the program ends. It allocates nothing
// itself; a file that cannot be written leaves the bench without a figure, which it says.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>

// glibc's own names for what is replaced here.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace {

// The allocator's entry points have nothing else to hang a count on.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
constinit std::atomic<unsigned long> allocations{0};

void count() { allocations.fetch_add(1, std::memory_order_relaxed); }

[[gnu::destructor]] void write_the_count() {
  const char* path = std::getenv("OURO_HEAP_COUNT");  // NOLINT(concurrency-mt-unsafe): at the end
  if (path == nullptr) return;
  const int fd = ::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return;
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.begin(), text.end(), allocations.load()).ptr;
  static_cast<void>(!::write(fd, text.data(), static_cast<std::size_t>(end - text.data())));
  ::close(fd);
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) {
  count();
  return __libc_malloc(size);
}

void* calloc(std::size_t number, std::size_t size) {
  count();
  return __libc_calloc(number, size);
}

void* realloc(void* old, std::size_t size) {
  count();
  return __libc_realloc(old, size);
}

void* memalign(std::size_t alignment, std::size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }

int posix_memalign(void** result, std::size_t alignment, std::size_t size) {
  *result = memalign(alignment, size);
  return *result == nullptr ? ENOMEM : 0;
}
}
