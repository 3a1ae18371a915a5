#include "prove/hanging_mount.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/base/result.h"

namespace prove {
namespace {

// Of the child's descriptors, to be known before there is one. It stays open through exec(2): the
// mount ends with it.
constexpr int kDeviceFd = 200;

HangingMount::Outcome failed(HangingMount::Step step) { return {step, errno}; }

bool write_file(const char* path, const std::string& text) {
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  ::close(fd);
  errno = error;
  return written;
}

std::string map_to_itself(unsigned id) { return fmt::format("{0} {0} 1\n", id); }

}  // namespace

HangingMount::HangingMount(std::string path)
    : path_(std::move(path)),
      options_(fmt::format("fd={},rootmode=40000,user_id={},group_id={},allow_other", kDeviceFd,
                           ::geteuid(), ::getegid())),
      user_map_(map_to_itself(::geteuid())),
      group_map_(map_to_itself(::getegid())) {}

// Who may not have a mount namespace may have one in a user namespace of its own
// (user_namespaces(7)).
HangingMount::Outcome HangingMount::enter_namespaces() const {
  if (::unshare(CLONE_NEWNS) == 0) return {};
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return failed(Step::kNamespace);
  if (!write_file("/proc/self/setgroups", "deny") || !write_file("/proc/self/uid_map", user_map_) ||
      !write_file("/proc/self/gid_map", group_map_)) {
    return failed(Step::kUsers);
  }
  return {};
}

HangingMount::Outcome HangingMount::make() const {
  if (const Outcome entered = enter_namespaces(); entered.step != Step::kDone) return entered;
  // Nobody outside is to see it.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return failed(Step::kNamespace);
  }
  const int device = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (device < 0 || ::dup2(device, kDeviceFd) < 0) return failed(Step::kDevice);
  ::close(device);
  if (::mount("hanging", path_.c_str(), "fuse", MS_NOSUID | MS_NODEV, options_.c_str()) != 0) {
    return failed(Step::kMount);
  }
  return {};
}

std::string HangingMount::problem(const Outcome& outcome) {
  const auto because = [&outcome](std::string_view attempted) {
    return core::system_error(attempted, outcome.error).message;
  };
  switch (outcome.step) {
    case Step::kDone:
      break;
    case Step::kNamespace:
      return because("no mount namespace of its own");
    case Step::kUsers:
      return because("no user namespace of its own");
    case Step::kDevice:
      return because("cannot open /dev/fuse");
    case Step::kMount:
      return because("cannot mount a FUSE file system");
  }
  return "";
}

}  // namespace prove
