#include "server/app/explanation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "server/app/rehearsal.h"
#include "server/app/snapshot.h"
#include "server/app/summary.h"
#include "server/http/field.h"

namespace server {
namespace {

constexpr std::chrono::seconds kAnswerLimit{10};
constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";

core::Error error_of(std::string message) { return {std::move(message), 0}; }

// --- The question.

struct Target {
  std::optional<bool> tls;            // https, http; nullopt: a path alone, which says neither
  std::string authority;              // as the Host field has it
  std::optional<std::uint16_t> port;  // named in the URL
  std::string request_target;         // path and query
};

std::optional<std::uint16_t> port_of(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.ends_with(']')) return std::nullopt;
  std::uint16_t port = 0;
  const char* const end = authority.data() + authority.size();
  const auto [rest, error] = std::from_chars(authority.data() + colon + 1, end, port);
  return error == std::errc{} && rest == end ? std::optional(port) : std::nullopt;
}

core::Result<Target> parse_url(std::string_view url) {
  Target target;
  url = url.substr(0, url.find('#'));
  if (url.starts_with(kHttp) || url.starts_with(kHttps)) {
    target.tls = url.starts_with(kHttps);
    url.remove_prefix(*target.tls ? kHttps.size() : kHttp.size());
    const std::size_t end = std::min(url.find_first_of("/?"), url.size());
    target.authority = url.substr(0, end);
    target.port = port_of(target.authority);
    url.remove_prefix(end);
    if (target.authority.empty()) return core::unexpected(error_of("the URL has no host"));
  } else if (url.starts_with('/')) {
    target.authority = "localhost";
  } else {
    return core::unexpected(
        error_of("a URL begins with http:// or https://, such as http://a.example/path; a path "
                 "alone with /"));
  }
  target.request_target = url.starts_with('/') ? "" : "/";
  target.request_target += url;
  const bool has_blank = std::any_of(url.begin(), url.end(), [](char c) { return c <= ' '; });
  if (has_blank) return core::unexpected(error_of("the URL has a blank: write it as %20"));
  return target;
}

core::Result<std::string> request_head(const Question& question, const Target& target) {
  std::string head = fmt::format("{} {} HTTP/1.1\r\n", question.method, target.request_target);
  bool has_host = false;
  for (const std::string& field : question.fields) {
    const std::size_t colon = field.find(':');
    if (colon == std::string::npos) {
      return core::unexpected(
          error_of(fmt::format("\"{}\" is not a field: write \"Name: value\"", field)));
    }
    has_host = has_host || equal_ignoring_case(std::string_view(field).substr(0, colon), "Host");
    head += field + "\r\n";
  }
  if (!has_host) head += fmt::format("Host: {}\r\n", target.authority);
  return head + "\r\n";
}

// --- The listener.

struct Listener {
  std::uint32_t index = 0;
  std::string_view why;  // it was taken, when the URL does not say which
};

bool is_on(const config::Site& site, std::uint32_t listener) {
  return site.listen.empty() ||
         std::find(site.listen.begin(), site.listen.end(), listener) != site.listen.end();
}

bool speaks(const config::Listen& listen, std::optional<bool> tls) {
  return !tls || *tls == (listen.tls != config::ListenTls::kOff);
}

core::Error nothing_listens(const config::Config& config, const Target& target) {
  std::vector<std::string> all;
  for (const config::Listen& listen : config.listen) {
    const bool port_is_right =
        target.port && listen.address.unix_path.empty() && listen.address.port == *target.port;
    if (port_is_right) {
      return error_of(fmt::format("port {} speaks {}: ask for {}", *target.port,
                                  *target.tls ? "no TLS" : "TLS", *target.tls ? kHttp : kHttps));
    }
    all.push_back(listen.address.text);
  }
  if (target.port) {
    return error_of(fmt::format("nothing listens on port {}; the configuration has {}",
                                *target.port, fmt::join(all, ", ")));
  }
  return error_of(fmt::format("no listener {} TLS; the configuration has {}",
                              *target.tls ? "speaks" : "is without", fmt::join(all, ", ")));
}

core::Result<Listener> find_listener(const config::Config& config, const Target& target) {
  const std::uint16_t wanted = target.port.value_or(target.tls.value_or(false) ? 443 : 80);
  std::vector<std::uint32_t> candidates;
  for (std::uint32_t i = 0; i < config.listen.size(); ++i) {
    if (!speaks(config.listen[i], target.tls)) continue;
    const config::ListenAddress& address = config.listen[i].address;
    if (address.unix_path.empty() && address.port == wanted) return Listener{i, ""};
    candidates.push_back(i);
  }
  if (target.port || candidates.empty()) return core::unexpected(nothing_listens(config, target));
  for (const config::Site& site : config.sites) {
    const bool has_host =
        std::find(site.hosts.begin(), site.hosts.end(), target.authority) != site.hosts.end();
    if (!has_host) continue;
    for (const std::uint32_t i : candidates) {
      if (is_on(site, i)) return Listener{i, "the first that has this host"};
    }
  }
  const bool is_only_one = config.listen.size() == 1;
  return Listener{candidates.front(),
                  is_only_one ? "" : "the first; a URL with a port names another"};
}

// --- The text.

class Page {
 public:
  explicit Page(std::string title) : text_(std::move(title)) { text_ += '\n'; }
  // With the name in front of the first of several lines.
  void row(std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(text_), "  {:<8}  {}\n", name == last_ ? "" : name, value);
    last_ = name;
  }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  std::string text_;
  std::string last_;
};

std::string in_brackets(const config::Place& place) {
  return place.file.empty() ? "" : fmt::format("  ({})", summarize(place));
}

void add_listener(Page& page, const config::Config& config, const Listener& listener) {
  const config::ListenAddress& address = config.listen[listener.index].address;
  const bool tls = !speaks(config.listen[listener.index], false);
  const std::string why = listener.why.empty() ? "" : fmt::format(", {}", listener.why);
  page.row("listener", fmt::format("{}{}{}{}", address.text, tls ? " with TLS" : "", why,
                                   in_brackets(address.place)));
}

std::string_view rule_text(HostRule rule) {
  switch (rule) {
    case HostRule::kExact:
      return "by its name";
    case HostRule::kWildcard:
      return "by a \"*.\" name";
    case HostRule::kDefault:
      break;
  }
  return "because no other site has this host";
}

std::string_view verdict_text(RouteVerdict verdict) {
  switch (verdict) {
    case RouteVerdict::kOtherPath:
      return "no: it is for other paths";
    case RouteVerdict::kOtherMethod:
      return "no: it is for other methods";
    case RouteVerdict::kMatches:
      break;
  }
  return "answers";
}

std::string route_text(const config::Route& route) {
  const std::string methods =
      route.methods.empty() ? "" : fmt::format("{} ", fmt::join(route.methods, ","));
  return fmt::format("{}{}", methods, fmt::join(route.path, ", "));
}

void add_cors(Page& page, const config::Filters& filters) {
  if (!filters.cors) return;
  page.row("filters", fmt::format("cors for {}", fmt::join(filters.cors->origins, ", ")));
}

void add_filters(Page& page, const config::Filters& filters) {
  add_cors(page, filters);
  if (filters.basic_auth) page.row("filters", summarize_auth(*filters.basic_auth));
  for (const config::HeaderChange& change : filters.headers) {
    page.row("filters", change.value ? fmt::format("headers set {}: {}", change.name, *change.value)
                                     : fmt::format("headers remove {}", change.name));
  }
  if (filters.cache_control) {
    page.row("filters",
             fmt::format("cache_control {} (on 200, 206 and 304)", *filters.cache_control));
  }
  if (!filters.access_log) page.row("filters", "access_log off");
  if (filters.server_timing) page.row("filters", "server_timing on");
}

// The route that answers, if there is one.
const config::Route* add_decision(Page& page, const config::Config& config,
                                  const RouteTrace& trace) {
  if (!trace.site) {
    page.row("site", "none has this host, and there is none without hosts: 421");
    return nullptr;
  }
  const config::Site& site = config.sites[*trace.site];
  page.row("site", fmt::format("{}, {}{}", summarize_hosts(site), rule_text(trace.rule),
                               in_brackets(site.place)));
  for (const RouteTrace::Tried& tried : trace.routes) {
    const config::Route& route = site.routes[tried.route];
    page.row("route", fmt::format("{}: {}{}", route_text(route), verdict_text(tried.verdict),
                                  in_brackets(route.place)));
    if (tried.verdict == RouteVerdict::kMatches) return &route;
  }
  page.row("route", "none is left");
  return nullptr;
}

std::string look_up_text(const Rehearsal::LookUp& look_up) {
  using Kind = Representation::Kind;
  const std::string path = look_up.coding
                               ? fmt::format("{} in {}", look_up.path, coding_name(*look_up.coding))
                               : look_up.path;
  switch (look_up.kind) {
    case Kind::kFile:
      return fmt::format("{} is {}", path, look_up.file);
    case Kind::kDirectory:
      return fmt::format("{} is a directory, which is named with a slash", path);
    case Kind::kUnindexed:
      return fmt::format("{} is a directory without an index", path);
    case Kind::kMissing:
      return fmt::format("{} is not there", path);
    case Kind::kForbidden:
      return fmt::format("{} may not be read, or leads out of the root", path);
    case Kind::kOverloaded:
    case Kind::kFailed:
      break;
  }
  return fmt::format("{} cannot be read", path);
}

void add_answer(Page& page, const Rehearsal& rehearsal) {
  std::string_view head = rehearsal.head;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    page.row("answer", head.substr(0, end));
    head.remove_prefix(std::min(end + 2, head.size()));
  }
  page.row("body", fmt::format("{} bytes", rehearsal.body_bytes));
}

core::Result<std::shared_ptr<const Snapshot>> compile(config::Config config) {
  auto snapshot = Snapshot::compile(std::move(config));
  if (snapshot) return *snapshot;
  core::Error error = snapshot.error().error;
  error.message = fmt::format("{}: {}", summarize(snapshot.error().place), error.message);
  return core::unexpected(error);
}

}  // namespace

core::Result<std::string> explain(config::Config config, const Question& question) {
  const auto target = parse_url(question.url);
  if (!target) return core::unexpected(target.error());
  const auto head = request_head(question, *target);
  if (!head) return core::unexpected(head.error());
  const auto listener = find_listener(config, *target);
  if (!listener) return core::unexpected(listener.error());
  const auto snapshot = compile(std::move(config));
  if (!snapshot) return core::unexpected(snapshot.error());
  const auto rehearsal = rehearse(*snapshot, listener->index, *head, kAnswerLimit);
  if (!rehearsal) return core::unexpected(rehearsal.error());

  const config::Config& known = (*snapshot)->config();
  Page page(fmt::format("{} {}", question.method, question.url));
  add_listener(page, known, *listener);
  if (rehearsal->trace) {
    const config::Route* const route = add_decision(page, known, *rehearsal->trace);
    if (route != nullptr) {
      add_filters(page, route->filters);
      page.row("action", rehearsal->trace->preflight
                             ? "none: cors answers a browser that asks before it asks"
                             : summarize_action(*route));
    } else if (rehearsal->trace->site) {
      add_filters(page, known.sites[*rehearsal->trace->site].filters);
    }
  } else {
    page.row("site", "none was asked: the request is refused as it stands");
  }
  for (const Rehearsal::LookUp& look_up : rehearsal->look_ups) {
    page.row("file", look_up_text(look_up));
  }
  add_answer(page, *rehearsal);
  return std::move(page).text();
}

}  // namespace server
