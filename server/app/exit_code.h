// What the process says when it ends. Scripts and supervisors rely on these: a wrong configuration
// does not get better by starting again, a busy port may.
#pragma once

namespace server {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;  // at run time: port in use, no permission, a missing root
inline constexpr int kExitWrongInput = 2;  // command line or configuration

}  // namespace server
