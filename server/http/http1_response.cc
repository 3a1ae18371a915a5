#include "server/http/http1_response.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "server/http/cross_origin.h"
#include "server/http/status.h"

namespace server {
namespace {

// The largest number with room to spare, for Content-Length.
constexpr std::size_t kDigitsMax = 20;

std::string_view render_number(std::uint64_t number, std::array<char, kDigitsMax>& buffer) {
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), static_cast<std::size_t>(result.ptr - buffer.data())};
}

// One copy into one block for heads of ordinary size.
void append_pieces(core::OutputQueue& output, std::span<const std::string_view> pieces) {
  std::size_t size = 0;
  for (const std::string_view piece : pieces) size += piece.size();
  if (size > core::BlockPool::kBlockBytes) {
    for (const std::string_view piece : pieces) output.append(piece);
    return;
  }
  char* out = output.reserve(size).data();
  for (const std::string_view piece : pieces) {
    out = std::copy(piece.begin(), piece.end(), out);
  }
  output.commit(size);
}

bool succeeded(int status) { return status == 200 || status == 206 || status == 304; }

// Those of `fields` that the policy lets through, behind `out`.
void append_permitted(std::string_view fields, const ResponsePolicy& policy, std::string& out) {
  while (!fields.empty()) {
    const std::string_view line = fields.substr(0, fields.find('\n') + 1);
    fields.remove_prefix(line.size());
    if (!policy.withholds(line.substr(0, line.find(':')))) out.append(line);
  }
}

std::string cross_origin_fields(const CrossOrigin& cross_origin, const Exchange& exchange) {
  return exchange.preflight ? cross_origin.preflight_fields(exchange.request)
                            : cross_origin.fields(exchange.request);
}

// What the policy leaves of the answer's own fields.
std::string permitted_fields(const ResponsePolicy& policy, const Exchange& exchange) {
  std::string fields;
  append_permitted(exchange.response.prepared_fields, policy, fields);
  append_permitted(exchange.response.fields.text(), policy, fields);
  if (policy.cross_origin != nullptr) {
    append_permitted(cross_origin_fields(*policy.cross_origin, exchange), policy, fields);
  }
  return fields;
}

void append_head(core::OutputQueue& output, const Exchange& exchange, bool keep_alive,
                 std::string_view date) {
  const Response& response = exchange.response;
  std::array<char, kDigitsMax> status_digits{};
  std::array<char, kDigitsMax> length_digits{};
  std::array<std::string_view, 16> pieces{};
  std::string permitted;
  std::size_t count = 0;
  const auto add = [&](std::string_view piece) { pieces[count++] = piece; };

  add("HTTP/1.1 ");
  add(render_number(static_cast<std::uint64_t>(response.status), status_digits));
  add(" ");
  add(reason_phrase(response.status));
  add("\r\nDate: ");
  add(date);
  add("\r\n");
  const ResponsePolicy* policy = exchange.policy;
  if (policy == nullptr || (policy->withheld.empty() && policy->cross_origin == nullptr)) {
    add(response.prepared_fields);
    add(response.fields.text());
  } else {
    permitted = permitted_fields(*policy, exchange);
    add(permitted);
  }
  if (policy != nullptr) {
    add(policy->fields);
    if (succeeded(response.status)) add(policy->fields_of_success);
  }
  if (!body_forbidden(response.status)) {
    add("Content-Length: ");
    add(render_number(body_size(response.body), length_digits));
    add("\r\n");
  }
  if (!keep_alive) {
    add("Connection: close\r\n");
  } else if (exchange.request.minor_version == 0) {
    add("Connection: keep-alive\r\n");
  }
  add("\r\n");
  append_pieces(output, std::span(pieces).first(count));
}

// Moves a body, or a piece of one, into the queue.
struct AppendTo {
  core::OutputQueue& output;

  void operator()(NoBody&) const {}
  void operator()(TextBody& text) const { output.append(text.text); }
  void operator()(BytesBody& bytes) const {
    output.append_shared(bytes.bytes, std::move(bytes.owner));
  }
  void operator()(FileBody& file) const {
    if (file.length > 0) output.append_file(std::move(file.file), file.offset, file.length);
  }
  void operator()(CompoundBody& body) const {
    for (BodyPiece& piece : body.pieces) std::visit(*this, piece);
  }
};

}  // namespace

void append_response(core::OutputQueue& output, Exchange& exchange, bool keep_alive,
                     std::string_view date) {
  append_head(output, exchange, keep_alive, date);
  if (exchange.request.method == Method::kHead || body_forbidden(exchange.response.status)) return;
  exchange.body_bytes_sent = body_size(exchange.response.body);
  std::visit(AppendTo{output}, exchange.response.body);
}

}  // namespace server
