#include "server/app/certificates.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "config/file_text.h"

namespace server {
namespace {

using Failure = CertificateFailure;
template <typename T>
using Loaded = core::Result<T, Failure>;

// A long chain has 10 KiB, a file of many authorities 250.
constexpr std::size_t kFileBytesMax = std::size_t{1} << 20;
constexpr std::chrono::days kSelfSignedFor{30};

Failure about(const config::PlacedPath& file, const std::string& reason) {
  return {file.place, file.path + ": " + reason};
}

Loaded<std::string> read(const config::PlacedPath& file) {
  if (const auto reason = config::missing_file(file.path)) {
    return core::unexpected(Failure{file.place, file.path + " " + std::string(*reason), true});
  }
  auto text = config::read_file(file.path, kFileBytesMax);
  if (!text) return core::unexpected(about(file, text.error().message));
  if (text->size() > kFileBytesMax) {
    return core::unexpected(Failure{file.place, file.path + " is larger than 1 MiB"});
  }
  return std::move(*text);
}

Loaded<std::shared_ptr<const core::TlsIdentity>> load_identity(const config::KeyPair& pair) {
  auto chain = read(pair.certificate);
  if (!chain) return core::unexpected(chain.error());
  auto key = read(pair.key);
  if (!key) return core::unexpected(key.error());
  auto identity = core::TlsIdentity::from_pem(*chain, *key);
  if (identity) return std::move(*identity);
  // Which of the two files it is, the sentence begins with.
  const bool is_key = identity.error().starts_with("the private key");
  return core::unexpected(about(is_key ? pair.key : pair.certificate, identity.error()));
}

core::ClientAuth mode_of(config::ClientAuth::Mode mode) {
  return mode == config::ClientAuth::Mode::kRequire ? core::ClientAuth::kRequired
                                                    : core::ClientAuth::kOptional;
}

// What is wrong with the entry alone; nothing when it can be used.
std::optional<std::string> mistake_of(core::TlsEntry entry) {
  entry.hosts.clear();
  const auto context = core::TlsServerContext::build({std::move(entry)}, {});
  if (context) return std::nullopt;
  constexpr std::string_view kName = "entry 1 (the default): ";
  return context.error().starts_with(kName) ? context.error().substr(kName.size())
                                            : context.error();
}

// Files that are right by themselves, but not together: found by leaving them out.
Failure blame(const config::SiteTls& tls, core::TlsEntry entry, const std::string& mistake) {
  const std::vector<std::string> stapled = std::exchange(entry.stapled, {});
  if (!mistake_of(entry)) {
    std::size_t next = 0;
    for (const config::KeyPair& pair : tls.certificates) {
      if (!pair.stapling || next == stapled.size()) continue;
      entry.stapled = {stapled[next++]};
      if (mistake_of(entry)) return about(*pair.stapling, mistake);
    }
  }
  entry.stapled.clear();
  entry.client_auth = core::ClientAuth::kNone;
  if (tls.client_auth && !mistake_of(entry)) return about(tls.client_auth->ca, mistake);
  return about(tls.certificates.back().certificate, mistake);
}

Loaded<core::TlsEntry> load_entry(const config::Site& site,
                                  std::vector<Certificates::Stapling>& staplings) {
  core::TlsEntry entry;
  entry.hosts = site.hosts;
  for (const config::KeyPair& pair : site.tls->certificates) {
    auto identity = load_identity(pair);
    if (!identity) return core::unexpected(identity.error());
    entry.identities.push_back(std::move(*identity));
    // Whoever fetches it may come later; it is sent from the next start on.
    if (!pair.stapling || config::missing_file(pair.stapling->path)) continue;
    auto response = read(*pair.stapling);
    if (!response) return core::unexpected(response.error());
    staplings.push_back({*pair.stapling, core::stapling_end(*response)});
    entry.stapled.push_back(std::move(*response));
  }
  if (const auto& clients = site.tls->client_auth) {
    auto authorities = read(clients->ca);
    if (!authorities) return core::unexpected(authorities.error());
    entry.client_auth = mode_of(clients->mode);
    entry.client_ca = std::move(*authorities);
  }
  if (const auto mistake = mistake_of(entry)) {
    return core::unexpected(blame(*site.tls, std::move(entry), *mistake));
  }
  return entry;
}

// For development: whoever has no name is reached by those of this machine.
Loaded<core::TlsEntry> make_entry(const config::Site& site, const config::Place& place) {
  core::TlsEntry entry;
  entry.hosts = site.hosts;
  std::vector<std::string> names = site.hosts;
  if (names.empty()) names = {"localhost", "127.0.0.1", "::1"};
  auto identity = core::TlsIdentity::self_signed(names, core::KeyKind::kEcdsaP256, kSelfSignedFor);
  if (!identity) return core::unexpected(Failure{place, identity.error()});
  entry.identities.push_back(std::move(*identity));
  return entry;
}

Loaded<std::shared_ptr<core::TicketKeys>> load_ticket_keys(
    const config::Tls& tls, const std::shared_ptr<core::TicketKeys>& random_keys) {
  if (tls.ticket_keys.empty()) return random_keys;
  std::vector<std::string> material;
  for (const config::PlacedPath& file : tls.ticket_keys) {
    auto bytes = read(file);
    if (!bytes) return core::unexpected(bytes.error());
    material.push_back(std::move(*bytes));
    // All so far, so that it is the last one that is at fault.
    auto keys = core::TicketKeys::from_material(material);
    if (!keys) return core::unexpected(about(file, keys.error()));
  }
  return *core::TicketKeys::from_material(material);
}

bool answers_on(const config::Site& site, std::size_t listener) {
  return site.listen.empty() ||
         std::find(site.listen.begin(), site.listen.end(), listener) != site.listen.end();
}

// Collects what is wrong with all of them.
class Loader {
 public:
  Loader(const config::Config& config, const std::shared_ptr<core::TicketKeys>& random_keys)
      : config_(config), random_keys_(random_keys), entries_(config.sites.size()) {}

  core::Result<Certificates, std::vector<Failure>> load() {
    for (std::size_t site = 0; site < config_.sites.size(); ++site) load_site(site);
    load_keys();
    Certificates certificates;
    for (std::size_t i = 0; i < config_.listen.size() && failures_.empty(); ++i) {
      certificates.contexts.push_back(context_of(i));
    }
    if (!failures_.empty()) return core::unexpected(std::move(failures_));
    for (auto& entry : entries_) {
      certificates.identities.push_back(entry ? std::move(entry->identities)
                                              : Certificates::Identities());
    }
    certificates.staplings = std::move(staplings_);
    return certificates;
  }

 private:
  // Once, on however many listeners it is.
  void load_site(std::size_t index) {
    const config::Site& site = config_.sites[index];
    for (std::size_t i = 0; i < config_.listen.size(); ++i) {
      const config::Listen& listen = config_.listen[i];
      if (listen.tls == config::ListenTls::kOff || !answers_on(site, i)) continue;
      auto entry = site.tls ? load_entry(site, staplings_) : make_entry(site, listen.address.place);
      if (!entry) {
        failures_.push_back(std::move(entry.error()));
      } else {
        entry->id = index;
        entries_[index] = std::move(*entry);
      }
      return;
    }
  }

  void load_keys() {
    const auto has_tls = [](const config::Listen& listen) {
      return listen.tls != config::ListenTls::kOff;
    };
    if (std::none_of(config_.listen.begin(), config_.listen.end(), has_tls)) return;
    auto keys = load_ticket_keys(config_.tls, random_keys_);
    if (!keys) {
      failures_.push_back(std::move(keys.error()));
    } else {
      keys_ = std::move(*keys);
    }
  }

  std::shared_ptr<const core::TlsServerContext> context_of(std::size_t listener) {
    const config::Listen& listen = config_.listen[listener];
    if (listen.tls == config::ListenTls::kOff) return nullptr;
    std::vector<core::TlsEntry> entries;
    for (std::size_t site = 0; site < entries_.size(); ++site) {
      if (entries_[site] && answers_on(config_.sites[site], listener)) {
        entries.push_back(*entries_[site]);
      }
    }
    const auto version = config_.tls.min_version == config::TlsVersion::k13 ? core::TlsVersion::k13
                                                                            : core::TlsVersion::k12;
    auto context =
        core::TlsServerContext::build(std::move(entries), {version, keys_, {"http/1.1"}});
    if (context) return std::move(*context);
    failures_.push_back({listen.address.place, context.error()});
    return nullptr;
  }

  const config::Config& config_;
  const std::shared_ptr<core::TicketKeys>& random_keys_;
  std::vector<std::optional<core::TlsEntry>> entries_;  // by site
  std::vector<Certificates::Stapling> staplings_;
  std::shared_ptr<core::TicketKeys> keys_;
  std::vector<Failure> failures_;
};

}  // namespace

core::Result<Certificates, std::vector<CertificateFailure>> load_certificates(
    const config::Config& config, const std::shared_ptr<core::TicketKeys>& random_keys) {
  return Loader(config, random_keys).load();
}

std::vector<const config::PlacedPath*> certificate_files(const config::Config& config) {
  std::vector<const config::PlacedPath*> files;
  for (const config::PlacedPath& keys : config.tls.ticket_keys) files.push_back(&keys);
  for (const config::Site& site : config.sites) {
    if (!site.tls) continue;
    for (const config::KeyPair& pair : site.tls->certificates) {
      files.insert(files.end(), {&pair.certificate, &pair.key});
      if (pair.stapling) files.push_back(&*pair.stapling);
    }
    if (site.tls->client_auth) files.push_back(&site.tls->client_auth->ca);
  }
  return files;
}

}  // namespace server
