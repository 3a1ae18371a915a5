#include "server/http/http1_response.h"

#include <array>
#include <charconv>
#include <cstring>
#include <string>
#include <utility>
#include <variant>

#include "core/base/invariant.h"
#include "server/http/cross_origin.h"
#include "server/http/status.h"

namespace server {
namespace {

// The largest number with room to spare, for Content-Length.
constexpr std::size_t kDigitsMax = 20;

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

// They are sent as they are.
bool leaves_fields_alone(const ResponsePolicy& policy) {
  return policy.withheld.empty() && policy.cross_origin == nullptr && !policy.server_timing;
}

// What the policy leaves of the answer's own fields.
std::string permitted_fields(const ResponsePolicy& policy, const Exchange& exchange) {
  std::string fields;
  append_permitted(exchange.response.prepared_fields, policy, fields);
  append_permitted(exchange.response.fields.text(), policy, fields);
  if (policy.cross_origin != nullptr) {
    append_permitted(cross_origin_fields(*policy.cross_origin, exchange), policy, fields);
  }
  if (policy.server_timing) fields += server_timing_field(exchange.stages, exchange.began);
  return fields;
}

// Everything of a head but the pieces whose size is not known beforehand.
constexpr std::size_t kFixedBytesMax =
    std::string_view(
        "HTTP/1.1 200 \r\nDate: \r\nContent-Length: 18446744073709551615\r\n"
        "Connection: keep-alive\r\n\r\n")
        .size();

// Writes where there is room.
class Pen {
 public:
  explicit Pen(char* at) : at_(at) {}
  void write(std::string_view text) {
    if (text.empty()) return;
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  // RFC 9110 15: three digits.
  void write_status(int status) {
    INVARIANT(status >= 100 && status <= 999);
    *at_++ = static_cast<char>('0' + status / 100);
    *at_++ = static_cast<char>('0' + status / 10 % 10);
    *at_++ = static_cast<char>('0' + status % 10);
  }
  void write(std::uint64_t number) { at_ = std::to_chars(at_, at_ + kDigitsMax, number).ptr; }
  [[nodiscard]] char* at() const { return at_; }

 private:
  char* at_;
};

struct HeadPieces {
  std::uint64_t body_size;
  std::string_view reason;
  std::string_view date;
  std::array<std::string_view, 4> fields;
};

// RFC 9112 6.1: only who speaks HTTP/1.1 is sent them.
bool has_chunks(const Exchange& exchange) { return exchange.request.minor_version > 0; }

std::size_t write_head(char* out, const Exchange& exchange, bool keep_alive,
                       const HeadPieces& pieces) {
  const int status = exchange.response.status;
  Pen pen(out);
  pen.write("HTTP/1.1 ");
  pen.write_status(status);
  pen.write(" ");
  pen.write(pieces.reason);
  pen.write("\r\nDate: ");
  pen.write(pieces.date);
  pen.write("\r\n");
  for (const std::string_view fields : pieces.fields) pen.write(fields);
  if (!body_forbidden(status)) {
    if (pieces.body_size != kUnknownSize) {
      pen.write("Content-Length: ");
      pen.write(pieces.body_size);
      pen.write("\r\n");
    } else if (has_chunks(exchange)) {
      pen.write("Transfer-Encoding: chunked\r\n");
    }
  }
  if (!keep_alive) {
    pen.write("Connection: close\r\n");
  } else if (exchange.request.minor_version == 0) {
    pen.write("Connection: keep-alive\r\n");
  }
  pen.write("\r\n");
  return static_cast<std::size_t>(pen.at() - out);
}

void append_head(core::OutputQueue& output, const Exchange& exchange, bool keep_alive,
                 std::string_view date, std::uint64_t size) {
  const Response& response = exchange.response;
  const ResponsePolicy* policy = exchange.policy;
  HeadPieces pieces{size, reason_phrase(response.status), date, {}};
  std::string permitted;
  if (policy == nullptr || leaves_fields_alone(*policy)) {
    pieces.fields[0] = response.prepared_fields;
    pieces.fields[1] = response.fields.text();
  } else {
    permitted = permitted_fields(*policy, exchange);
    pieces.fields[0] = permitted;
  }
  if (policy != nullptr) {
    pieces.fields[2] = policy->fields;
    if (succeeded(response.status)) pieces.fields[3] = policy->fields_of_success;
  }
  std::size_t room = kFixedBytesMax + pieces.reason.size() + pieces.date.size();
  for (const std::string_view fields : pieces.fields) room += fields.size();
  if (room <= core::BlockPool::kBlockBytes) {
    output.commit(write_head(output.reserve(room).data(), exchange, keep_alive, pieces));
    return;
  }
  std::string large(room, '\0');
  large.resize(write_head(large.data(), exchange, keep_alive, pieces));
  output.append(large);
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
  void operator()(StreamBody&) const {}
};

}  // namespace

BodySource* append_response(core::OutputQueue& output, Exchange& exchange, bool keep_alive,
                            std::string_view date) {
  Body& body = exchange.response.body;
  const std::uint64_t size = body_size(body);
  append_head(output, exchange, keep_alive, date, size);
  if (exchange.request.method == Method::kHead || body_forbidden(exchange.response.status)) {
    return nullptr;
  }
  if (size == kUnknownSize) return std::get<StreamBody>(body).source;
  exchange.body_bytes_sent = size;
  std::visit(AppendTo{output}, body);
  return nullptr;
}

void append_piece(core::OutputQueue& output, Exchange& exchange, BodyPiece& piece) {
  constexpr int kHexadecimal = 16;
  constexpr std::string_view kLineEnd = "\r\n";
  const std::uint64_t size = piece_size(piece);
  INVARIANT(size > 0);  // as a chunk it would be the last
  exchange.body_bytes_sent += size;
  if (!has_chunks(exchange)) return std::visit(AppendTo{output}, piece);
  std::array<char, kDigitsMax> line{};
  char* end = std::to_chars(line.data(), line.data() + line.size(), size, kHexadecimal).ptr;
  output.append({line.data(), static_cast<std::size_t>(end - line.data())});
  output.append(kLineEnd);
  std::visit(AppendTo{output}, piece);
  output.append(kLineEnd);
}

void append_end(core::OutputQueue& output, const Exchange& exchange) {
  if (has_chunks(exchange)) output.append("0\r\n\r\n");
}

}  // namespace server
