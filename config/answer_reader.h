// The actions of a route that need no files: "redirect" and "respond". What is wrong goes to the
// report, and a wrong value leaves its default. One thread.
#pragma once

#include "config/config.h"
#include "config/document.h"
#include "config/report.h"

namespace config {

[[nodiscard]] Redirect read_redirect(Report& report, const Member& member);
[[nodiscard]] Respond read_respond(Report& report, const Member& member);

}  // namespace config
