#include "server/http/exchange.h"

#include <algorithm>
#include <utility>

#include "core/base/invariant.h"
#include "server/http/status.h"

namespace server {
namespace {

std::string status_page(int status) {
  const std::string title = std::to_string(status) + " " + std::string(reason_phrase(status));
  return "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>" + title +
         "</title>\n<style>body{font:1.1rem system-ui;margin:20vh auto;text-align:center;"
         "color-scheme:light dark}</style>\n<h1>" +
         title + "</h1>\n</html>\n";
}

struct SizeOf {
  std::uint64_t operator()(const NoBody&) const { return 0; }
  std::uint64_t operator()(const BytesBody& bytes) const { return bytes.bytes.size(); }
  std::uint64_t operator()(const TextBody& text) const { return text.text.size(); }
  std::uint64_t operator()(const FileBody& file) const { return file.length; }
  std::uint64_t operator()(const CompoundBody& body) const {
    std::uint64_t size = 0;
    for (const BodyPiece& piece : body.pieces) size += std::visit(*this, piece);
    return size;
  }
  std::uint64_t operator()(const StreamBody&) const { return kUnknownSize; }
};

}  // namespace

std::uint64_t piece_size(const BodyPiece& piece) { return std::visit(SizeOf{}, piece); }

std::uint64_t body_size(const Body& body) { return std::visit(SizeOf{}, body); }

bool ResponsePolicy::withholds(std::string_view name) const {
  return std::any_of(withheld.begin(), withheld.end(),
                     [name](const std::string& other) { return equal_ignoring_case(name, other); });
}

void Exchange::respond() {
  INVARIANT(!responded_ && response.status >= 200);
  responded_ = decided_ = true;
  stages.on_answer();
  on_progress_();
}

void Exchange::respond_from(BodySource& source) {
  response.body = StreamBody{&source};
  // RFC 9112 6.3: HTTP/1.0 knows no chunks, so that the end of the connection is the content's.
  if (request.minor_version == 0) close_requested = true;
  respond();
}

void Exchange::respond_later(std::unique_ptr<HandlerContext> waiting) {
  INVARIANT(!decided_ && body_sink == nullptr);
  decided_ = true;
  context = std::move(waiting);
}

void Exchange::abandon_handler() {
  context.reset();
  body_sink = nullptr;
  response.status = 0;
  response.fields.clear();
  response.prepared_fields = {};
  response.prepared_owner.reset();
  response.body.emplace<NoBody>();
  close_requested = false;
  responded_ = decided_ = false;
}

void Exchange::reset() {
  unlink();
  abandon_handler();
  request.scheme = "http";
  request.method = Method::kUnknown;
  request.method_text = request.target_text = request.path = request.host = {};
  request.target = RequestTarget{};
  request.has_encoded_slash = request.has_body = false;
  request.minor_version = 1;
  request.fields.clear();
  handler = nullptr;
  policy = nullptr;
  status_pages = nullptr;
  route = nullptr;
  body_bytes_max = 0;
  preflight = false;
  user.clear();
  connection = &kPlainConnection;
  began = core::TimePoint{};
  body_bytes_sent = 0;
  stages = {};
}

void respond_with_status(Exchange& exchange, int status) {
  if (exchange.status_pages != nullptr && exchange.status_pages->try_respond(exchange, status)) {
    return;
  }
  respond_with_built_in_page(exchange, status);
}

void respond_with_built_in_page(Exchange& exchange, int status) {
  exchange.response.status = status;
  if (!body_forbidden(status)) {
    exchange.response.fields.add("Content-Type", "text/html; charset=utf-8");
    exchange.response.body = TextBody{status_page(status)};
  }
  exchange.respond();
}

}  // namespace server
