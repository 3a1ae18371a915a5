// A small authority's work as files: a certificate for a.example and b.example with its key, and
// OCSP responses. For tests that may not know OpenSSL.
#pragma once

#include <string>

namespace test {

struct OcspFiles {
  std::string chain;
  std::string key;
  std::string fresh;       // good for an hour
  std::string expired;     // 50 hours ago
  std::string of_another;  // certificate of the same number, from another authority
};

[[nodiscard]] OcspFiles make_ocsp_files();

}  // namespace test
