// forbid_io_uring [--errno EPERM|ENOSYS] COMMAND [ARGUMENT...]
//
// Starts COMMAND in a world without io_uring, as most containers are: EPERM is what Docker's and
// containerd's default profiles answer, ENOSYS what podman, gVisor and old kernels do. It needs no
// privilege: no_new_privs, then a seccomp filter, which survives exec. (LD_PRELOAD cannot do this:
// liburing issues its system calls inline.) Exits like env(1): 125 when the launcher itself fails,
// 126 or 127 when COMMAND cannot be started.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace {

constexpr int kExitLauncherFailed = 125;
constexpr int kExitNotExecutable = 126;
constexpr int kExitNotFound = 127;

// io_uring_setup, io_uring_enter, io_uring_register: the same numbers on every architecture.
constexpr std::uint32_t kFirstSystemCall = 425;
constexpr std::uint32_t kLastSystemCall = 427;

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "forbid_io_uring knows x86_64 and aarch64 only: add this architecture's AUDIT_ARCH constant"
#endif

constexpr sock_filter load(std::size_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
}

// Skips `if_true` or `if_false` instructions.
constexpr sock_filter jump(std::uint16_t condition, std::uint32_t value, std::uint8_t if_true,
                           std::uint8_t if_false) {
  return {static_cast<std::uint16_t>(BPF_JMP | BPF_K | condition), if_true, if_false, value};
}

constexpr sock_filter answer(std::uint32_t action) { return {BPF_RET | BPF_K, 0, 0, action}; }

// A program of another architecture would run unfiltered and make a test prove nothing: it is
// killed.
bool install_filter(int errno_value) {
  std::array program{
      load(offsetof(seccomp_data, arch)),
      jump(BPF_JEQ, kArchitecture, 1, 0),
      answer(SECCOMP_RET_KILL_PROCESS),
      load(offsetof(seccomp_data, nr)),
      jump(BPF_JGE, kFirstSystemCall, 0, 2),
      jump(BPF_JGT, kLastSystemCall, 1, 0),
      answer(SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(errno_value)),
      answer(SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{static_cast<std::uint16_t>(program.size()), program.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    std::perror("forbid_io_uring: cannot set no_new_privs");
    return false;
  }
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
    std::perror("forbid_io_uring: cannot install the seccomp filter");
    return false;
  }
  return true;
}

std::optional<int> errno_by_name(std::string_view name) {
  if (name == "EPERM") return EPERM;
  if (name == "ENOSYS") return ENOSYS;
  return std::nullopt;
}

int usage(const char* complaint) {
  std::fprintf(stderr,
               "forbid_io_uring: %s\n"
               "usage: forbid_io_uring [--errno EPERM|ENOSYS] COMMAND [ARGUMENT...]\n",
               complaint);
  return kExitLauncherFailed;
}

}  // namespace

int main(int argument_count, char** argument_values) {
  // What remains always ends with argv's null pointer, as execvp wants it.
  std::span<char*> arguments(argument_values, static_cast<std::size_t>(argument_count));
  if (!arguments.empty()) arguments = arguments.subspan(1);

  int errno_value = EPERM;
  if (!arguments.empty() && std::string_view(arguments[0]) == "--errno") {
    if (arguments.size() < 2) return usage("--errno needs a name");
    const auto named = errno_by_name(arguments[1]);
    if (!named) return usage("--errno knows EPERM and ENOSYS");
    errno_value = *named;
    arguments = arguments.subspan(2);
  }
  if (arguments.empty()) return usage("there is no command to start");
  if (arguments[0][0] == '-') return usage("unknown option");

  if (!install_filter(errno_value)) return kExitLauncherFailed;
  const auto complaint = "forbid_io_uring: cannot start " + std::string(arguments[0]);
  execvp(arguments[0], arguments.data());
  const int exit_code = errno == ENOENT ? kExitNotFound : kExitNotExecutable;
  std::perror(complaint.c_str());
  return exit_code;
}
