#include "tests/core/tls/ocsp_files.h"

#include "tests/core/tls/issued.h"
#include "tests/core/tls/ocsp_response.h"

namespace test {

OcspFiles make_ocsp_files() {
  const auto root = issue("root", ec_key());
  const auto leaf =
      issue("a.example", ec_key(), &root, {{GEN_DNS, "a.example"}, {GEN_DNS, "b.example"}}, 90);
  const auto other_root = issue("other", ec_key());
  const auto other = issue("a.example", ec_key(), &other_root);
  constexpr long kHour = 3600;
  return {leaf.certificate_pem(), leaf.key_pem(), ocsp_response(leaf, root, kHour),
          ocsp_response(leaf, root, -50 * kHour), ocsp_response(other, other_root, kHour)};
}

}  // namespace test
