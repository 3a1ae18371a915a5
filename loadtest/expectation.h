// Expectation: whether an answer is the one that the plan asks for. A pure function; any thread.
#pragma once

#include <optional>
#include <string>

#include "loadtest/mishap.h"
#include "loadtest/plan.h"
#include "loadtest/response_parser.h"

namespace loadtest {

struct Complaint {
  Mishap mishap;
  std::string text;
};

// Nothing when the complete response is as expected.
[[nodiscard]] std::optional<Complaint> complaint_about(const ResponseParser& response,
                                                       const Options& options);

}  // namespace loadtest
