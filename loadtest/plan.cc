#include "loadtest/plan.h"

#include <algorithm>
#include <array>
#include <random>
#include <string_view>
#include <utility>

#include "core/base/letter_case.h"
#include "loadtest/target.h"

namespace loadtest {
namespace {

bool gives(const Options& options, std::string_view name) {
  return std::any_of(options.header.begin(), options.header.end(), [name](const std::string& line) {
    return core::lower_case(line.substr(0, line.find(':'))) == name;
  });
}

std::string write_request(const Options& options, const Target& target) {
  std::string text = options.method + " " + target.path + " HTTP/1.1\r\n";
  if (!gives(options, "host")) text += "Host: " + target.authority + "\r\n";
  for (const std::string& line : options.header) text += line + "\r\n";
  if (options.close) text += "Connection: close\r\n";
  // RFC 9110 8.6: expected of methods that anticipate a body.
  const bool expects_body =
      options.method == "POST" || options.method == "PUT" || options.method == "PATCH";
  if (expects_body && !gives(options, "content-length")) text += "Content-Length: 0\r\n";
  return text + "\r\n";
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7F &&
           std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
  });
}

bool is_field(std::string_view line) {
  const auto colon = line.find(':');
  return colon != std::string_view::npos && is_token(line.substr(0, colon)) &&
         line.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

// RFC 7617 2: no colon, no control character.
bool is_user(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    return c == ':' || (c >= 0 && c < ' ') || c == 0x7F;
  });
}

std::uint64_t random_number() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

// The certificate is not verified: on loopback there is nobody else to talk to.
core::TlsClientContext::Built tls_of(const Options& options) {
  core::TlsClientOptions tls;
  if (options.tls) tls.min_version = tls.max_version = *options.tls;
  tls.keep_sessions = options.resume;
  return core::TlsClientContext::build(tls);
}

struct Rule {
  bool broken;
  const char* message;
};

// Empty when nothing is wrong.
std::string contradiction(const Options& options) {
  const bool open = options.rate.has_value();
  const std::array rules{
      Rule{options.urls.empty(), "a URL is needed"},
      Rule{options.connections == 0, "--connections has to be at least 1"},
      Rule{options.loops == 0 || options.loops > options.connections,
           "--loops has to be at least 1 and at most as many as there are connections"},
      Rule{options.pipeline == 0, "--pipeline has to be at least 1"},
      Rule{options.pipeline > 1 && open, "--pipeline is for a closed loop, --rate opens it"},
      Rule{options.pipeline > 1 && (options.close || options.slow),
           "--pipeline goes neither with --close nor with --slow"},
      Rule{open && !(*options.rate > 0), "--rate has to be more than 0"},
      Rule{options.requests == std::uint64_t{0}, "--requests has to be at least 1"},
      Rule{!options.requests && options.duration.count() <= 0, "--duration has to be more than 0"},
      Rule{options.idle && (open || options.requests || options.close || options.slow),
           "--idle sends no request, so --rate, --requests, --close and --slow do not go with it"},
      Rule{options.slow == std::uint64_t{0}, "--slow has to be at least 1 byte a second"},
      Rule{options.slow_send && !options.slow, "--slow-send needs --slow, which says how slow"},
      Rule{options.discard && options.expect_digest,
           "--discard throws away what --expect-digest has to see"},
      Rule{!is_token(options.method), "--method is not a method"},
      Rule{!std::all_of(options.header.begin(), options.header.end(), is_field),
           "--header has to be \"Name: value\""},
      Rule{options.guess && !is_user(*options.guess),
           "--guess needs a name without colons and control characters"},
      Rule{options.guess && (options.slow_send || gives(options, "authorization")),
           "--guess goes neither with --slow-send nor with a field Authorization"},
  };
  for (const Rule& rule : rules) {
    if (rule.broken) return rule.message;
  }
  return {};
}

}  // namespace

core::Result<Plan> make_plan(Options options) {
  const auto wrong = [](std::string message) {
    return core::unexpected(core::Error{std::move(message)});
  };
  if (options.idle) options.connections = *options.idle;
  if (std::string message = contradiction(options); !message.empty()) return wrong(message);
  Plan plan;
  plan.nonce = random_number();
  std::string authority;
  bool secure = false;
  for (const std::string& url : options.urls) {
    auto target = parse_target(url);
    if (!target) return core::unexpected(std::move(target.error()));
    if (!options.allow_remote && !is_loopback(target->address)) {
      return wrong("\"" + url + "\" is not this machine: --allow-remote is needed to load others");
    }
    if (plan.requests.empty()) {
      plan.address = target->address;
      plan.server_name = target->host;
      authority = target->address.to_string();
      secure = target->secure;
    } else if (target->address.to_string() != authority || target->secure != secure) {
      return wrong("\"" + url + "\": all URLs have to have the same scheme, host and port");
    }
    plan.requests.push_back(write_request(options, *target));
  }
  if (!secure && (options.resume || options.tls)) return wrong("--resume and --tls are for https");
  if (secure) {
    if (options.discard) {
      return wrong("--discard does not go with https: what is encrypted has to be read");
    }
    auto tls = tls_of(options);
    if (!tls) return wrong("TLS: " + tls.error());
    plan.tls = std::move(*tls);
  }
  if (options.from) {
    auto from = parse_source_addresses(*options.from);
    if (!from) return wrong("--from: " + from.error().message);
    if (plan.address.family() != AF_INET) return wrong("--from is for URLs with an IPv4 address");
    plan.from = *from;
  }
  plan.options = std::move(options);
  return plan;
}

}  // namespace loadtest
