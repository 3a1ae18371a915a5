#include "server/handlers/static_files.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/handlers/byte_ranges.h"
#include "server/handlers/listing_job.h"
#include "server/http/accept_encoding.h"
#include "server/http/conditional.h"

namespace server {
namespace {

constexpr std::string_view kAllow = "GET, HEAD, OPTIONS";
constexpr std::string_view kWellKnown = "/.well-known/";

// Dot files are judged on the request path (links may point to them: Kubernetes' ..data); RFC
// 8615's folder is meant to be served.
bool names_dot_file(std::string_view path) {
  if (path.starts_with(kWellKnown)) path.remove_prefix(kWellKnown.size() - 1);
  return path.find("/.") != std::string_view::npos;
}

// What lies below the root; nullopt when it is not below the prefix. A prefix ends where a segment
// does.
std::optional<std::string_view> without_prefix(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return std::nullopt;
  path.remove_prefix(prefix.size());
  if (!path.empty() && path.front() != '/') return std::nullopt;
  return path;
}

std::string rooted(const std::string& path) {
  return path.empty() || path.front() == '/' ? path : "/" + path;
}

void add_list(std::optional<std::string_view>& list, std::string_view value, std::string& joined) {
  if (!list) {
    list = value;
    return;
  }
  joined = std::string(*list) + ", " + std::string(value);
  list = joined;
}

// The value of a field that is a list, its lines joined (RFC 9110 5.3); `storage` holds it if there
// are several.
std::optional<std::string_view> list_value(const FieldList& fields, std::string_view name,
                                           std::string& storage) {
  std::optional<std::string_view> list;
  for (const Field& field : fields) {
    if (equal_ignoring_case(field.name, name)) add_list(list, field.value, storage);
  }
  return list;
}

// Preconditions of a request, which mostly has none. If a list came in several lines, `joined`
// holds it.
struct RequestConditions {
  Preconditions conditions;
  std::string_view range;
  std::size_t range_lines = 0;
  std::array<std::string, 2> joined;
  bool any = false;
};

void read_conditions(const FieldList& fields, RequestConditions& out) {
  if (!fields.may_hold("If-Match") && !fields.may_hold("If-None-Match") &&
      !fields.may_hold("If-Modified-Since") && !fields.may_hold("If-Unmodified-Since") &&
      !fields.may_hold("If-Range") && !fields.may_hold("Range")) {
    return;
  }
  for (const Field& field : fields) {
    const auto is = [&field](std::string_view name) {
      return equal_ignoring_case(field.name, name);
    };
    if (is("If-Match")) {
      add_list(out.conditions.if_match, field.value, out.joined[0]);
    } else if (is("If-None-Match")) {
      add_list(out.conditions.if_none_match, field.value, out.joined[1]);
    } else if (is("If-Modified-Since")) {
      out.conditions.if_modified_since = field.value;
    } else if (is("If-Unmodified-Since")) {
      out.conditions.if_unmodified_since = field.value;
    } else if (is("If-Range")) {
      out.conditions.if_range = field.value;
    } else if (is("Range")) {
      // RFC 9110 5.3: not a list. Joined by somebody on the way, two lines are no range-set either.
      out.range = out.range_lines++ == 0 ? field.value : std::string_view();
    } else {
      continue;
    }
    out.any = true;
  }
}

// RFC 9110 13.2.2. True when the request has been answered.
bool respond_conditionally(Exchange& exchange,
                           const std::shared_ptr<const Representation>& representation) {
  RequestConditions request;
  read_conditions(exchange.request.fields, request);
  if (!request.any) return false;
  const Validators validators{representation->etag.view(), representation->last_modified_seconds};
  const std::int64_t now = std::time(nullptr);
  switch (evaluate(request.conditions, validators, exchange.request.method, now)) {
    case Outcome::kNotModified:
      exchange.response.status = 304;
      exchange.response.prepared_fields = representation->validator_fields();
      exchange.response.prepared_owner = representation;
      exchange.respond();
      return true;
    case Outcome::kPreconditionFailed:
      respond_with_status(exchange, 412);
      return true;
    case Outcome::kProceed:
      break;
  }
  // RFC 9110 14.2: Range is defined for GET alone.
  if (request.range.empty() || exchange.request.method != Method::kGet) return false;
  if (request.conditions.if_range &&
      !range_applies(*request.conditions.if_range, validators, now)) {
    return false;
  }
  return respond_with_ranges(exchange, representation, request.range);
}

void respond_with_file(Exchange& exchange,
                       const std::shared_ptr<const Representation>& representation) {
  if (respond_conditionally(exchange, representation)) return;
  exchange.response.status = 200;
  exchange.response.prepared_fields = representation->fields;
  exchange.response.prepared_owner = representation;
  exchange.response.body = body_of(representation, {0, representation->size});
  exchange.respond();
}

// A relative reference (RFC 3986 4.2): neither a port nor a scheme that a balancer changed can
// leak.
void redirect_to_directory(Exchange& exchange) {
  std::string location;
  append_percent_encoded_path(location, exchange.request.path);
  location += '/';
  if (exchange.request.target.has_query) {
    location.append("?").append(exchange.request.target.query);
  }
  exchange.response.fields.add("Location", location);
  respond_with_status(exchange, 301);
}

void respond_without_content(Exchange& exchange, Representation::Kind kind) {
  switch (kind) {
    case Representation::Kind::kDirectory:
      redirect_to_directory(exchange);
      return;
    case Representation::Kind::kMissing:
      respond_with_status(exchange, 404);
      return;
    case Representation::Kind::kUnindexed:
    case Representation::Kind::kForbidden:
      respond_with_status(exchange, 403);
      return;
    case Representation::Kind::kOverloaded:
      exchange.response.fields.add("Retry-After", "1");
      respond_with_status(exchange, 503);
      return;
    case Representation::Kind::kFile:
    case Representation::Kind::kFailed:
      respond_with_status(exchange, 500);
      return;
  }
}

}  // namespace

// A request that waits for its look-up, kept with its exchange.
class StaticFiles::WaitingRequest final : public HandlerContext, public FileWaiter {
 public:
  WaitingRequest(StaticFiles& files, Exchange& exchange, Asked asked)
      : files_(files), exchange_(exchange), asked_(asked) {}
  void on_loaded(const std::shared_ptr<const Representation>& representation) override {
    files_.answer(exchange_, asked_, representation);  // destroys this when the fallback is next
  }

 private:
  StaticFiles& files_;
  Exchange& exchange_;
  const Asked asked_;
};

// A request that waits for its listing, kept with its exchange.
class StaticFiles::WaitingForListing final : public HandlerContext {
 public:
  explicit WaitingForListing(Exchange& exchange) : exchange_(exchange) {}
  WaitingForListing(const WaitingForListing&) = delete;
  WaitingForListing& operator=(const WaitingForListing&) = delete;
  ~WaitingForListing() override {
    if (job_ == nullptr) return;
    job_->detach();
    job_->abandon();
  }

  [[nodiscard]] bool start(FileCache& cache, const FileSource& source, std::string_view below) {
    const Request& request = exchange_.request;
    std::string storage;
    const auto accept = list_value(request.fields, "Accept", storage);
    auto job = std::make_unique<ListingJob>(
        source, request.path, below,
        parse_listing_variant(request.target.query, accept.value_or("")),
        ListingJob::OnListed::to<&WaitingForListing::on_listed>(*this));
    if (!cache.try_submit(*job, source)) return false;
    job_ = job.release();  // the lane's until it is done
    return true;
  }

 private:
  void on_listed(ListingJob& job) {
    job_ = nullptr;
    if (job.kind() != Representation::Kind::kUnindexed) {
      respond_without_content(exchange_, job.kind());  // may destroy this
      return;
    }
    Response& response = exchange_.response;
    response.status = 200;
    response.fields.add("Content-Type", media_type_of(job.variant().format));
    response.fields.add("Vary", "Accept");
    response.fields.add("Cache-Control", "no-cache");
    response.body = TextBody{job.take_text()};
    exchange_.respond();
  }

  Exchange& exchange_;
  ListingJob* job_ = nullptr;
};

StaticFiles::StaticFiles(const FileSource& source, FileCache& cache)
    : source_(source), cache_(cache), fallback_(rooted(source.options.fallback)) {}

void StaticFiles::start(Exchange& exchange) {
  const Request& request = exchange.request;
  const config::Files& options = source_.options;
  if (!options.precompressed.empty()) exchange.response.fields.add("Vary", "Accept-Encoding");
  if (request.method != Method::kGet && request.method != Method::kHead) {
    exchange.response.fields.add("Allow", kAllow);
    respond_with_status(exchange, request.method == Method::kOptions ? 204 : 405);
    return;
  }
  if (request.has_encoded_slash || (!options.dotfiles && names_dot_file(request.path))) {
    respond_with_status(exchange, 404);
    return;
  }
  const auto path = without_prefix(request.path, options.strip_prefix);
  if (!path) {
    respond_to_missing(exchange);
    return;
  }
  if (path->empty()) {  // the root without its slash
    redirect_to_directory(exchange);
    return;
  }
  look_up(exchange, {}, *path);
}

void StaticFiles::look_up(Exchange& exchange, Asked asked, std::string_view path) {
  if (const auto* representation = cache_.find(source_, path, asked.coding)) {
    answer(exchange, asked, *representation);
    return;
  }
  auto waiting = std::make_unique<WaitingRequest>(*this, exchange, asked);
  WaitingRequest& waiter = *waiting;
  exchange.context = std::move(waiting);
  cache_.wait_for(source_, path, waiter, asked.coding);
}

void StaticFiles::list(Exchange& exchange) {
  auto waiting = std::make_unique<WaitingForListing>(exchange);
  WaitingForListing& waiter = *waiting;
  exchange.context = std::move(waiting);
  const auto below = without_prefix(exchange.request.path, source_.options.strip_prefix);
  if (!waiter.start(cache_, source_, *below)) {
    respond_without_content(exchange, Representation::Kind::kOverloaded);
  }
}

void StaticFiles::answer(Exchange& exchange, Asked asked,
                         const std::shared_ptr<const Representation>& representation) {
  if (!asked.fallback && representation->kind == Representation::Kind::kMissing) {
    respond_to_missing(exchange);
  } else if (asked.fallback && representation->kind == Representation::Kind::kDirectory) {
    respond_with_status(exchange, 404);  // a redirect would add its slash to the wrong path
  } else if (!asked.fallback && source_.options.listing &&
             representation->kind == Representation::Kind::kUnindexed) {
    list(exchange);
  } else if (!source_.options.precompressed.empty() && !asked.coding &&
             representation->kind == Representation::Kind::kFile) {
    negotiate(exchange, asked, representation);
  } else {
    respond_with_representation(exchange, representation);
  }
}

void StaticFiles::negotiate(Exchange& exchange, Asked asked,
                            const std::shared_ptr<const Representation>& representation) {
  std::vector<std::string_view> available;
  for (const config::Coding coding : source_.options.precompressed) {
    if ((representation->siblings & codings_with(coding)) != 0) {
      available.push_back(coding_name(coding));
    }
  }
  available.push_back(kIdentityCoding);
  std::string storage;
  const auto chosen =
      choose_coding(list_value(exchange.request.fields, "Accept-Encoding", storage), available);
  if (!chosen) {
    respond_with_status(exchange, 406);
    return;
  }
  for (const config::Coding coding : source_.options.precompressed) {
    if (coding_name(coding) == *chosen) {
      const std::string_view path =
          asked.fallback ? std::string_view(fallback_)
                         : *without_prefix(exchange.request.path, source_.options.strip_prefix);
      look_up(exchange, {asked.fallback, coding}, path);
      return;
    }
  }
  respond_with_representation(exchange, representation);
}

// Under its own path, so that one entry of the cache serves whatever is missing.
void StaticFiles::respond_to_missing(Exchange& exchange) {
  if (fallback_.empty()) {
    respond_with_status(exchange, 404);
  } else {
    look_up(exchange, {true}, fallback_);
  }
}

void respond_with_representation(Exchange& exchange,
                                 const std::shared_ptr<const Representation>& representation) {
  if (representation->kind == Representation::Kind::kFile) {
    respond_with_file(exchange, representation);
  } else {
    respond_without_content(exchange, representation->kind);
  }
}

}  // namespace server
