#include "tests/simulation/tls_contexts.h"

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "core/base/invariant.h"
#include "core/tls/identity.h"
#include "core/tls/ticket_keys.h"
#include "tests/core/tls/seeded_randomness.h"

namespace simulation {
namespace {

bool& at_work() {
  static bool instance = false;
  return instance;
}

// Read for each ticket that is made or opened.
core::TimePoint ticket_clock() {
  INVARIANT(at_work());
  return core::TimePoint{std::chrono::hours(1000)};
}

struct Contexts {
  Contexts();

  std::array<std::shared_ptr<const core::TlsServerContext>, kServerContexts> servers;
  std::shared_ptr<const core::TlsClientContext> clients_12;
  std::shared_ptr<const core::TlsClientContext> clients_13;
};

std::shared_ptr<const core::TlsClientContext> make_client_context(core::TlsVersion version) {
  core::TlsClientOptions options;
  options.min_version = options.max_version = version;
  options.keep_sessions = true;
  return core::TlsClientContext::build(options).value();
}

Contexts::Contexts()
    : clients_12(make_client_context(core::TlsVersion::k12)),
      clients_13(make_client_context(core::TlsVersion::k13)) {
  const WorkerAtWork guard;
  test::seed_openssl(0);  // the same key whichever life is the first
  // RSA, whose signatures have one length: those of ECDSA are shorter now and then, as the time of
  // day in the certificate has it, and lives would not come again.
  const std::vector<std::string> names{"a.example"};
  core::TlsEntry entry;
  entry.identities = {
      core::TlsIdentity::self_signed(names, core::KeyKind::kRsa2048, std::chrono::days(30))
          .value()};
  core::TlsServerOptions options;
  options.ticket_keys = core::TicketKeys::rotating(&ticket_clock);
  for (auto& server : servers) server = core::TlsServerContext::build({entry}, options).value();
}

const Contexts& contexts() {
  static const Contexts kContexts;
  return kContexts;
}

}  // namespace

const std::shared_ptr<const core::TlsServerContext>& server_context(std::size_t index) {
  return contexts().servers.at(index);
}

const core::TlsClientContext& client_context(core::TlsVersion version) {
  return version == core::TlsVersion::k12 ? *contexts().clients_12 : *contexts().clients_13;
}

WorkerAtWork::WorkerAtWork() {
  INVARIANT(!at_work());
  at_work() = true;
}

WorkerAtWork::~WorkerAtWork() { at_work() = false; }

}  // namespace simulation
