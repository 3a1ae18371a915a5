// Preloaded into a server under valgrind, whose releases up to 3.21 do not know openat2(2): opens
// by openat(2) instead, without the fence that RESOLVE_BENEATH is. For measuring only, on a folder
// of our own; any other system call goes where it would have gone.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <array>
#include <cstdarg>

namespace {

using Syscall = long (*)(long, ...);

long open_without_fence(const std::array<long, 6>& arguments) {
  // The kernel's interface: pointers travel as numbers.
  const auto* path = reinterpret_cast<const char*>(arguments[1]);     // NOLINT
  const auto* how = reinterpret_cast<const open_how*>(arguments[2]);  // NOLINT
  return ::openat(static_cast<int>(arguments[0]), path, static_cast<int>(how->flags),
                  static_cast<mode_t>(how->mode));
}

}  // namespace

extern "C" long syscall(long number, ...) {
  std::array<long, 6> arguments{};
  va_list list;
  va_start(list, number);
  for (long& argument : arguments) argument = va_arg(list, long);
  va_end(list);
  if (number == SYS_openat2) return open_without_fence(arguments);
  static const auto kNext = reinterpret_cast<Syscall>(::dlsym(RTLD_NEXT, "syscall"));
  return kNext(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
               arguments[5]);
}
