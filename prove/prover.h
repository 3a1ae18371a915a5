// `ouro prove`: starts servers on free ports, attacks them with one storm after another, and says
// whether any of their loops waited or a plain request had to. Main thread; returns the process's
// exit code: 0 it is proved, 1 it is not, or could not be tried. Nothing is left behind, whatever
// happens but SIGKILL, after which the temporary folder is.
#pragma once

#include "prove/options.h"

namespace prove {

[[nodiscard]] int prove(const Options& options);

}  // namespace prove
