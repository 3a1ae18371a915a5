#include "config/keys.h"

#include <array>

namespace config {
namespace {

using Kind = Shape::Kind;
using Words = std::span<const std::string_view>;

constexpr Shape kBoolean{.kind = Kind::kBoolean};
constexpr Shape kText{.kind = Kind::kText};
constexpr Shape kDirectory{.kind = Kind::kPath, .pattern = "."};
constexpr Shape kFile{.kind = Kind::kPath, .pattern = "[^/]$"};

constexpr Shape duration(DurationBounds bounds) {
  return {.kind = Kind::kDuration, .durations = bounds};
}
constexpr Shape integer(SizeBounds bounds) { return {.kind = Kind::kInteger, .bounds = bounds}; }
constexpr Shape size(SizeBounds bounds) { return {.kind = Kind::kSize, .bounds = bounds}; }
constexpr Shape byte_rate(SizeBounds bounds) { return {.kind = Kind::kByteRate, .bounds = bounds}; }
constexpr Shape word(Words words) { return {.kind = Kind::kWord, .words = words}; }
constexpr Shape text(std::string_view pattern) { return {.kind = Kind::kText, .pattern = pattern}; }
constexpr Shape list(const Shape& item) { return {.kind = Kind::kList, .item = &item}; }
constexpr Shape object(const Keys& keys) { return {.kind = Kind::kObject, .keys = &keys}; }
constexpr Shape map(std::string_view names, const Shape& item) {
  return {.kind = Kind::kMap, .pattern = names, .item = &item};
}
constexpr Shape either(const Shape& item, const Shape& other) {
  return {.kind = Kind::kEither, .item = &item, .other = &other};
}
constexpr Shape or_null(Shape shape) {
  shape.nullable = true;
  return shape;
}
constexpr Shape or_auto(Shape shape) {
  shape.automatic = true;
  return shape;
}
constexpr Shape not_empty(Shape shape) {
  shape.not_empty = true;
  return shape;
}

constexpr Key action(std::string_view name, const Shape& shape, std::string_view meaning) {
  return {name, shape, {}, meaning, false, false, true};
}

template <std::size_t N>
constexpr Keys all_of(const std::array<Key, N>& keys) {
  return {keys.data(), N};
}

constexpr std::string_view kToken = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";  // RFC 9110 5.6.2
constexpr std::string_view kSitePath = "^(/[^/]+)+$";

// --- Of a whole file, but its sites.

constexpr Shape kAddress{.kind = Kind::kAddress,
                         .pattern = "^(unix:.*[^/]|([0-9.]+|\\[[0-9A-Fa-f:.]+\\])?:[0-9]{1,5})$"};
constexpr Shape kTexts = list(kText);

constexpr std::array<std::string_view, 1> kListenTls = {"self-signed"};
constexpr std::array<Key, 5> kListen = {{
    {"address", kAddress, "",
     "\":80\" is every address of this machine, IPv4 and IPv6; \"127.0.0.1:80\", \"[::1]:80\" and "
     "\"unix:/run/ouro.sock\" are one.",
     true},
    {"tls",
     {.kind = Kind::kBoolean, .words = kListenTls},
     "false",
     "Whether it speaks TLS, with the certificates of its sites; \"self-signed\", for development, "
     "makes one for sites without."},
    {"proxy_protocol", kTexts, "[]",
     "Peers that must begin with a PROXY header, version 1 or 2, such as \"10.0.0.0/8\"."},
    {"trusted_proxies", kTexts, "[]", "Peers whose client_ip_header is believed."},
    {"client_ip_header", text(kToken), "\"X-Forwarded-For\"",
     "The field in which a trusted proxy names the client."},
}};

constexpr std::array<Key, 1> kAdmin = {{
    {"address", or_null(kAddress), "\"127.0.0.1:9180\"",
     "Where /healthz and /readyz are answered, by a thread of its own; null for nowhere."},
}};

constexpr std::array<Key, 2> kFilesLane = {{
    {"threads", or_auto(integer(kLaneThreadsBounds)), "\"auto\"",
     "Workers for the files of one root."},
    {"queue", or_auto(integer(kLaneQueueBounds)), "\"auto\"",
     "Look-ups of one root that may wait; one more is answered 503."},
}};
constexpr std::array<Key, 2> kTlsLane = {{
    {"threads", or_auto(integer(kLaneThreadsBounds)), "\"auto\"", "Workers for TLS handshakes."},
    {"queue", or_auto(integer(kLaneQueueBounds)), "\"auto\"",
     "Handshakes that may wait; one more is refused."},
}};
constexpr std::array<Key, 2> kAuthLane = {{
    {"threads", or_auto(integer(kLaneThreadsBounds)), "\"auto\"", "Workers for passwords."},
    {"queue", or_auto(integer(kLaneQueueBounds)), "\"auto\"",
     "Passwords that may wait; one more is answered 503."},
}};
constexpr std::array<Key, 3> kLanes = {{
    {"files", object(kFilesLaneKeys), "", "Who reads the files."},
    {"tls", object(kTlsLaneKeys), "", "Who computes the handshakes."},
    {"auth", object(kAuthLaneKeys), "", "Who checks the passwords."},
}};

constexpr std::array<std::string_view, 2> kTlsVersions = {"1.2", "1.3"};
constexpr std::array<Key, 2> kTls = {{
    {"min_version", word(kTlsVersions), "\"1.2\"", "The oldest TLS that is spoken."},
    {"ticket_keys", list(kFile), "[]",
     "Files with the keys of session tickets, the newest first, where several servers share them; "
     "without any they are random and rotate."},
}};

constexpr std::array<Key, 10> kLimits = {{
    {"header_timeout", duration(kTimeoutBounds), "\"10s\"",
     "A whole header, from its first byte: 408."},
    {"body_timeout", duration(kTimeoutBounds), "\"20s\"", "Between two pieces of a body: 408."},
    {"body_rate", or_null(byte_rate(kBodyRateBounds)), "\"240B/s\"",
     "A body that comes more slowly: 408; null for no minimum."},
    {"send_timeout", duration(kTimeoutBounds), "\"60s\"",
     "A client that takes nothing for so long is left."},
    {"keepalive_timeout", duration(kTimeoutBounds), "\"75s\"", "Between two requests."},
    {"header_size", size(kHeaderSizeBounds), "\"16KiB\"",
     "Of a whole header; more is 431, or 414 for the request line."},
    {"header_fields", integer(kHeaderFieldsBounds), "100", "More is 431."},
    {"body_size", size(kBodySizeBounds), "\"1MiB\"", "Of a request's body; more is 413."},
    {"connections", integer(kConnectionsBounds), "",
     "Unless it is set, 80 % of the file descriptor limit; one more gets 503."},
    {"connections_per_address", or_null(integer(kConnectionsBounds)), "null",
     "An IPv6 /64 counts as one address; one more gets 503; null for no limit."},
}};

constexpr std::array<std::string_view, 2> kLogTargets = {"stdout", "stderr"};
constexpr std::array<std::string_view, 1> kLogFormats = {"json"};
constexpr std::array<Key, 2> kLog = {{
    {"access", or_null({.kind = Kind::kPath, .words = kLogTargets, .pattern = "/[^/]+$"}),
     "\"stdout\"",
     "Where one line for each request goes: \"stdout\", \"stderr\", a path with a '/'; null for "
     "nowhere."},
    {"format", word(kLogFormats), "\"json\"", "Of the access log."},
}};

constexpr std::array<Key, 2> kDrain = {{
    {"timeout", duration(kDrainTimeoutBounds), "\"25s\"",
     "When asked to stop, what has begun gets so long to finish."},
    {"delay", duration(kDrainTimeoutBounds), "\"0s\"",
     "Before that: not ready any more, but still accepting, so that a balancer can turn away."},
}};

// --- What a route does.

constexpr std::array<std::string_view, 3> kCodings = {"br", "zstd", "gzip"};
constexpr std::array<std::string_view, 2> kSymlinks = {"inside", "follow"};
constexpr Shape kCoding = word(kCodings);
constexpr Shape kFileName = text("^[^/]+$");

constexpr std::array<Key, 10> kFiles = {{
    {"root", kDirectory, "", "The directory below which the request's path is looked up.", true},
    {"strip_prefix", text("^(/[^/]+)*$"), "\"\"", "Taken off the request's path first."},
    {"index", list(kFileName), "[\"index.html\"]", "Of a directory: the first that exists."},
    {"listing", kBoolean, "false", "A page of what is in a directory without an index."},
    {"fallback", or_null(text(kSitePath)), "null",
     "The file for whatever is missing, such as \"/index.html\" of a single-page application."},
    {"extensions", list(kFileName), "[]", "With [\"html\"], /about finds about.html."},
    {"precompressed", list(kCoding), "[]",
     "Siblings (.br, .zst, .gz) that are sent to whoever takes them, the preferred one first."},
    {"types", map("^[^/]+$", kText), "{}",
     "More media types by extension: {\"geojson\": \"application/geo+json\"}."},
    {"dotfiles", kBoolean, "false", "Whether /.git and the like are served."},
    {"symlinks", word(kSymlinks), "\"inside\"", "\"follow\" lets links leave the root."},
}};

constexpr std::array<Key, 2> kRedirect = {{
    {"to", text("^(/|https?://|\\{)"), "",
     "Where to, with {scheme} {host} {path} {query} {uri} and {rest}, what \"**\" stands for.",
     true},
    {"status", integer({301, 308}), "308", "301, 302, 303, 307 or 308."},
}};

constexpr std::array<Key, 3> kRespond = {{
    {"status", integer({200, 599}), "200", "Of the answer."},
    {"body", {.kind = Kind::kSecret}, "\"\"", "Of the answer, as text."},
    {"type", kText, "\"text/plain; charset=utf-8\"", "The media type of the body."},
}};

constexpr std::array<std::string_view, 2> kHealthWords = {"live", "ready"};

// --- What holds for the answers of a site or a route.

constexpr std::array<std::string_view, 7> kMethodWords = {"GET",    "HEAD",  "POST",   "PUT",
                                                          "DELETE", "PATCH", "OPTIONS"};
constexpr Shape kMethod = word(kMethodWords);
constexpr Shape kTokenText = text(kToken);

constexpr std::array<Key, 5> kCors = {{
    {"origins", not_empty(kTexts), "",
     "Who may read the answers, such as \"https://app.example\"; \"*\" is everybody.", true},
    {"methods", not_empty(list(kMethod)), "[\"GET\", \"HEAD\", \"POST\"]",
     "That a request may have."},
    {"headers", list(kTokenText), "[]", "That a request may carry; \"*\" is any."},
    {"credentials", kBoolean, "false", "Whether requests may carry cookies and the like."},
    {"max_age", duration(kCorsMaxAgeBounds), "\"0s\"",
     "For how long a browser may keep this; \"0s\" is the browser's own default."},
}};

constexpr std::array<Key, 2> kBasicAuth = {{
    {"users_file", kFile, "", "The users with the hashes of their passwords, as htpasswd has them.",
     true},
    {"realm", text("."), "\"Restricted\"", "What the passwords are for, as browsers show it."},
}};
constexpr std::array<Key, 1> kAuth = {{
    {"basic", or_null(object(kBasicAuthKeys)), "",
     "The users of a file, by name and password (RFC 7617); null for everybody.", true},
}};

constexpr Shape kHeaderValue = or_null({.kind = Kind::kSecret});
constexpr Key kHeadersKey = {
    "headers",
    map(kToken, kHeaderValue),
    "{\"X-Content-Type-Options\": \"nosniff\"}",
    "Set on every answer, or removed with null; routes add to what their site has.",
    false,
    true};
constexpr Key kCacheControlKey = {"cache_control", or_null(text(".")),
                                  "null",          "The Cache-Control of answers 200, 206 and 304.",
                                  false,           true};
constexpr Key kCorsKey = {"cors", or_null(object(kCorsKeys)),
                          "null", "Lets pages of other origins read the answers.",
                          false,  true};
constexpr Key kAuthKey = {"auth", or_null(object(kAuthKeys)),
                          "null", "Who may come in; a health route asks only if it says so itself.",
                          false,  true};
constexpr Key kBodySizeKey = {"body_size", or_null(size(kBodySizeBounds)),
                              "null",      "In place of limits.body_size.",
                              false,       true};
constexpr Key kAccessLogKey = {
    "access_log", kBoolean, "true", "Whether its requests stand in the access log.", false, true};

constexpr Key kServerTimingKey = {
    "server_timing", kBoolean,
    "false",         "Whether answers carry Server-Timing: where the time until then went.",
    false,           true};

constexpr Shape kPattern = text("^/");
constexpr Shape kPatterns = not_empty(list(kPattern));

constexpr std::array<Key, 13> kRoute = {{
    {"path", either(kPattern, kPatterns), "[\"/**\"]",
     "Which paths it is for: \"*\" stands for anything within a segment, \"**\" for any number of "
     "segments."},
    {"methods", not_empty(list(kMethod)), "", "Which methods it is for; unless it is set, any."},
    kHeadersKey,
    kCacheControlKey,
    kCorsKey,
    kAuthKey,
    kBodySizeKey,
    kAccessLogKey,
    kServerTimingKey,
    action("files", object(kFilesKeys), "Answers with files."),
    action("redirect", object(kRedirectKeys), "Sends clients elsewhere."),
    action("respond", object(kRespondKeys), "Answers with what stands here."),
    action("health", word(kHealthWords),
           "Answers 200 while the server lives, or is ready: not while it drains."),
}};
constexpr Shape kRouteShape = object(kRouteKeys);

constexpr Shape kHost = text("^(\\*\\.)?[0-9A-Za-z_.-]+$");
constexpr Key kSchemaKey = {"$schema", kText, "", "For editors."};

constexpr std::array<std::string_view, 2> kClientAuthModes = {"require", "request"};
constexpr std::array<Key, 2> kClientAuth = {{
    {"ca", kFile, "", "The certificates (PEM) that a client's has to lead to.", true},
    {"mode", word(kClientAuthModes), "\"require\"",
     "\"request\" serves clients without a certificate too."},
}};
constexpr std::array<Key, 4> kSiteTls = {{
    {"certificate", kFile, "", "The certificate with its chain (PEM), the site's own first.", true},
    {"key", kFile, "", "The private key of the certificate (PEM).", true},
    {"stapling", or_null(kFile), "null", "An OCSP response (DER) to send along; null for none."},
    {"client_auth", or_null(object(kClientAuthKeys)), "null",
     "Asks clients for a certificate, whichever of the site's they see; null does not."},
}};
constexpr Shape kKeyPair = object(kSiteTlsKeys);
constexpr Shape kKeyPairs = not_empty(list(kKeyPair));

constexpr std::array<Key, 13> kSite = {{
    kSchemaKey,
    {"hosts", list(kHost), "[]",
     "Names that it is for, exact or \"*.name\"; without any it is for whatever no other site "
     "names."},
    {"listen", not_empty(list(kAddress)), "",
     "Addresses of the file's \"listen\" that it is on; unless it is set, those with TLS when it "
     "has tls, else those without."},
    {"tls", either(kKeyPair, kKeyPairs), "",
     "Its certificate, or a list of them, with keys of different kinds; unless it is set, the site "
     "has no TLS."},
    {"error_pages", map("^[45][0-9][0-9]$", kFile), "{}",
     "Files for answers without other content, by status: {\"404\": \"404.html\"}."},
    kHeadersKey,
    kCacheControlKey,
    kCorsKey,
    kAuthKey,
    kBodySizeKey,
    kAccessLogKey,
    kServerTimingKey,
    {"routes", not_empty(list(kRouteShape)), "",
     "Tried from top to bottom; the first whose path and methods match answers.", true},
}};
constexpr Shape kSiteShape = object(kSiteKeys);

// --- The file.

constexpr Shape kListenObject = object(kListenKeys);
constexpr Shape kListenItem = either(kAddress, kListenObject);
constexpr std::array<std::string_view, 3> kEngines = {"auto", "io_uring", "epoll"};

constexpr std::array<Key, 13> kConfig = {{
    kSchemaKey,
    {"version", integer({kVersion, kVersion}), "1", "Of the format."},
    {"include", kTexts, "[]",
     "Files with more sites, such as \"sites/*.jsonc\", in the order of their names: each is a "
     "site, or a list of sites."},
    {"listen", not_empty(list(kListenItem)), "", "Where the server is reached.", true},
    {"admin", object(kAdminKeys), "", "Where the server is looked at."},
    {"engine", word(kEngines), "\"auto\"",
     "\"auto\" is io_uring where the system allows it, else epoll; a named one is strict."},
    {"loops", or_auto(integer(kLoopsBounds)), "\"auto\"",
     "\"auto\" is one event loop for each CPU that the process is really given."},
    {"lanes", object(kLanesKeys), "", "Who does what would make a loop wait."},
    {"tls", object(kTlsKeys), "", "What holds for all listeners with TLS."},
    {"limits", object(kLimitsKeys), "", "What a client may ask for."},
    {"drain", object(kDrainKeys), "", "How the server stops."},
    {"log", object(kLogKeys), "", "What is written down."},
    {"sites", list(kSiteShape), "", "What is served; \"include\" adds to them."},
}};

}  // namespace

constinit const Keys kConfigKeys = all_of(kConfig);
constinit const Keys kListenKeys = all_of(kListen);
constinit const Keys kAdminKeys = all_of(kAdmin);
constinit const Keys kLanesKeys = all_of(kLanes);
constinit const Keys kFilesLaneKeys = all_of(kFilesLane);
constinit const Keys kTlsLaneKeys = all_of(kTlsLane);
constinit const Keys kAuthLaneKeys = all_of(kAuthLane);
constinit const Keys kTlsKeys = all_of(kTls);
constinit const Keys kLimitsKeys = all_of(kLimits);
constinit const Keys kLogKeys = all_of(kLog);
constinit const Keys kDrainKeys = all_of(kDrain);
constinit const Keys kSiteKeys = all_of(kSite);
constinit const Keys kSiteTlsKeys = all_of(kSiteTls);
constinit const Keys kClientAuthKeys = all_of(kClientAuth);
constinit const Keys kRouteKeys = all_of(kRoute);
constinit const Keys kCorsKeys = all_of(kCors);
constinit const Keys kAuthKeys = all_of(kAuth);
constinit const Keys kBasicAuthKeys = all_of(kBasicAuth);
constinit const Keys kFilesKeys = all_of(kFiles);
constinit const Keys kRedirectKeys = all_of(kRedirect);
constinit const Keys kRespondKeys = all_of(kRespond);

}  // namespace config
