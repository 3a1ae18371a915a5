// Exchange: one request with its response (RFC 9110 3.4). Handlers see nothing else, whatever the
// protocol: HTTP/1.1 has at most one active per connection, HTTP/2 will have one per stream. Loop
// thread only; it belongs to its session, which ends it when the answer has been handed on or the
// client left.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/callback.h"
#include "core/base/clock.h"
#include "core/base/intrusive_list.h"
#include "core/io/block_pool.h"
#include "server/http/connection_facts.h"
#include "server/http/field.h"
#include "server/http/method.h"
#include "server/http/route_record.h"
#include "server/http/stage_times.h"
#include "server/http/uri.h"

namespace server {

struct Request {
  std::string_view scheme = "http";  // of the connection
  Method method = Method::kUnknown;
  std::string_view method_text;  // as sent
  std::string_view target_text;  // as sent
  RequestTarget target;
  std::string_view path;           // decoded once and normalised; "*" for the asterisk form
  bool has_encoded_slash = false;  // `path` holds a "%2F" that separates nothing
  std::string_view host;           // without port; empty only in HTTP/1.0
  int minor_version = 1;           // of HTTP/1.x; 1 for anything above
  bool has_body = false;           // content may follow the head
  FieldList fields;
};

struct NoBody {};
// Bytes that live as long as `owner`; without an owner as long as the program.
struct BytesBody {
  std::string_view bytes;
  std::shared_ptr<const void> owner;
};
// Bytes built for this answer alone.
struct TextBody {
  std::string text;
};
struct FileBody {
  std::shared_ptr<const core::OpenFile> file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};
using BodyPiece = std::variant<BytesBody, TextBody, FileBody>;
[[nodiscard]] std::uint64_t piece_size(const BodyPiece& piece);
// Pieces that follow one another (multipart/byteranges).
struct CompoundBody {
  std::vector<BodyPiece> pieces;
};

// Where an answer's content comes from that is not here yet: it is asked for one piece after the
// other while the connection has room for more, and says when there is one again
// (Exchange::continue_body()). Belongs to the handler, most likely as its context, and is destroyed
// with it when the client leaves.
class BodySource {
 public:
  enum class Next : std::uint8_t {
    kPiece,  // here it is
    kLater,  // there is none now
    kEnd,    // that was all
    kCutOff  // the rest cannot be had: the client is shown that it is missing
  };

  BodySource() = default;
  BodySource(const BodySource&) = delete;
  BodySource& operator=(const BodySource&) = delete;
  virtual ~BodySource() = default;
  // The next piece, of one byte at least. Not after the end.
  [[nodiscard]] virtual Next take(BodyPiece& piece) = 0;
};
struct StreamBody {
  BodySource* source = nullptr;
};
using Body = std::variant<NoBody, BytesBody, TextBody, FileBody, CompoundBody, StreamBody>;

// Of a stream, whose size nobody knows.
inline constexpr std::uint64_t kUnknownSize = ~std::uint64_t{0};
[[nodiscard]] std::uint64_t body_size(const Body& body);

struct Response {
  int status = 0;     // 0 until the handler has answered
  FieldBlock fields;  // all but Date, Connection and Content-Length, which are the session's
  // Fields rendered once and shared by many answers; sent before `fields`.
  std::string_view prepared_fields;
  std::shared_ptr<const void> prepared_owner;
  Body body;  // what GET would get, for HEAD too: the session sends its length only
};

// What a handler keeps with an exchange while it waits for something. Destroyed with the exchange,
// which is how a handler learns that the client has left: it must undo whatever would still call
// back.
class HandlerContext {
 public:
  HandlerContext() = default;
  HandlerContext(const HandlerContext&) = delete;
  HandlerContext& operator=(const HandlerContext&) = delete;
  virtual ~HandlerContext() = default;
};

// Where a request's content goes as it arrives; without a sink it is counted and discarded. Belongs
// to the handler, most likely as its context, and is destroyed with it when the client leaves or
// the body is refused.
class BodySink {
 public:
  BodySink() = default;
  BodySink(const BodySink&) = delete;
  BodySink& operator=(const BodySink&) = delete;
  virtual ~BodySink() = default;
  // Takes all of `bytes`, which are gone after the call.
  virtual void on_content(std::span<const std::byte> bytes) = 0;
  // All of it was good and is here.
  virtual void on_content_end() = 0;
  // Back-pressure: while false no more is asked for, until Exchange::resume_body(). What is on its
  // way, a few buffers at most, still comes.
  [[nodiscard]] virtual bool has_room() const { return true; }
};

class CrossOrigin;
class Exchange;
class Handler;

// What holds for every answer of a route or site. Immutable.
struct ResponsePolicy {
  std::string fields;             // one "Name: value\r\n" after the other, on every answer
  std::string fields_of_success;  // besides, on 200, 206 and 304
  // Of the handler's own fields those that are not sent, because the policy has others or none.
  std::vector<std::string> withheld;
  std::shared_ptr<const CrossOrigin> cross_origin;  // null: answers are of their own origin alone
  bool access_log = true;
  bool server_timing = false;

  [[nodiscard]] bool withholds(std::string_view name) const;
};

// Pages that a site has in place of the built-in ones.
class StatusPages {
 public:
  StatusPages() = default;
  StatusPages(const StatusPages&) = delete;
  StatusPages& operator=(const StatusPages&) = delete;
  virtual ~StatusPages() = default;
  // False: there is none for this status. Else the exchange is answered now, or later: then what
  // waits has taken the place of its context, which is gone when this returns. Nothing is waited
  // for while there is a sink.
  [[nodiscard]] virtual bool try_respond(Exchange& exchange, int status) = 0;
};

// In its loop's list from its head to the end of its answer.
class Exchange : public core::ListHook<Exchange> {
 public:
  explicit Exchange(core::Callback<void()> on_progress) : on_progress_(on_progress) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() = default;

  Request request;
  Response response;
  std::unique_ptr<HandlerContext> context;

  // --- Set in Handler::admit(), by whoever decides which route answers.
  Handler* handler = nullptr;              // of that route
  const ResponsePolicy* policy = nullptr;  // outlives the exchange
  StatusPages* status_pages = nullptr;     // likewise
  const RouteRecord* route = nullptr;      // likewise; null: no route answers
  std::uint64_t body_bytes_max = 0;        // beforehand the limit of the server
  bool preflight = false;                  // the policy's cross_origin answers, not a route

  const ConnectionFacts* connection = &kPlainConnection;
  // Set in Handler::open_body().
  BodySink* body_sink = nullptr;
  // Who asks, once a password has proved it; empty: nobody knows. For the access log.
  std::string user;
  bool close_requested = false;  // a handler's wish: the connection ends with this answer

  core::TimePoint began;              // its loop was woken, and the head was complete
  std::uint64_t body_bytes_sent = 0;  // handed to the connection
  StageTimes stages;

  // The response is filled in. Once per exchange, from within Handler::open_body() or later. Before
  // the content has ended it means that the rest is not wanted: the connection ends with the
  // answer.
  void respond();
  [[nodiscard]] bool responded() const { return responded_; }

  // As respond(), but the response is filled in later by `waiting`, the context from now on, which
  // calls respond(). Not while there is a sink, which may be the context that goes.
  void respond_later(std::unique_ptr<HandlerContext> waiting);
  // Its handler has nothing to do any more.
  [[nodiscard]] bool decided() const { return decided_; }

  // As respond(), but the content comes from `source`.
  void respond_from(BodySource& source);
  // The source has more.
  void continue_body() { on_progress_(); }

  // The sink has room again.
  void resume_body() { on_progress_(); }

  // Takes the request away from its handler, whatever that has done: something else is going to
  // answer it.
  void abandon_handler();
  // Ready for the next request; keeps its memory.
  void reset();

 private:
  const core::Callback<void()> on_progress_;
  bool responded_ = false;
  bool decided_ = false;
};

// An answer with a page that says what happened, for statuses that carry content: the site's, or
// the built-in one. The exchange's context, so its caller too, may be gone afterwards.
void respond_with_status(Exchange& exchange, int status);
// With the built-in one, whatever the site has. At once.
void respond_with_built_in_page(Exchange& exchange, int status);

// Answers exchanges, on the loop, without blocking: it responds at once, or arranges for a job
// whose end responds.
class Handler {
 public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  virtual ~Handler() = default;
  // The head of a request is here, and nothing of its answer has been decided.
  virtual void admit(Exchange&) {}
  // The head of a request with content is here. Whoever wants the content sets a sink.
  virtual void open_body(Exchange&) {}
  // All of the request is here; or its head alone, when its client waits to be told whether its
  // content is wanted (RFC 9110 10.1.1) and no sink wants it.
  virtual void start(Exchange& exchange) = 0;
};

}  // namespace server
