// Explanation: why a request gets the answer it gets, for `ouro explain`: listener, site, each
// route that was tried, filters, files, answer. The request is really answered (rehearsal.h), so
// that what is said is what happens. Main thread.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "core/base/result.h"

namespace server {

struct Question {
  std::string method = "GET";
  std::string url;                  // "https://a.example:8443/path", or a path alone
  std::vector<std::string> fields;  // "Name: value"
};

// Lines for people. Fails when the question makes no sense, or nobody can answer it.
[[nodiscard]] core::Result<std::string> explain(config::Config config, const Question& question);

}  // namespace server
