#include "server/net/tls_transport.h"

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "core/base/invariant.h"
#include "core/tls/client_hello.h"

namespace server {
namespace {

using Outcome = core::TlsFilter::Outcome;

// Whoever speaks plain HTTP here understands no alert.
constexpr std::string_view kPlainHttpBeforeDate = "HTTP/1.1 400 Bad Request\r\nDate: ";
constexpr std::string_view kPlainHttpAfterDate =
    "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 47\r\n"
    "Connection: close\r\n\r\nThis is an HTTPS port: ask with https:// here.\n";

class QueueSink final : public core::ByteSink {
 public:
  explicit QueueSink(core::OutputQueue& queue) : queue_(queue) {}
  void append(std::string_view bytes) override { queue_.append(bytes); }

 private:
  core::OutputQueue& queue_;
};

}  // namespace

TlsTransport::TlsTransport(const Shared& shared,
                           std::shared_ptr<const core::TlsServerContext> context,
                           core::BlockPool& blocks, core::TimePoint deadline,
                           OnProgress on_progress)
    : shared_(shared),
      on_progress_(on_progress),
      deadline_(deadline),
      handshake_(std::move(context), HandshakeJob::OnFinished::to<&TlsTransport::on_step>(*this)),
      plain_(blocks) {
  INVARIANT(shared.scratch.size() >= kRecordBytesMax);
}

TlsTransport::~TlsTransport() {
  INVARIANT(!busy());
  if (handshake_.filter() != nullptr) shared_.ended.put(handshake_.take_filter());
}

// --- The handshake.

TlsTransport::Handshake TlsTransport::shake_hands(ConnectionInput& input,
                                                  core::OutputQueue& output) {
  if (shaking_) return Handshake::kBusy;
  if (std::exchange(stepped_, false)) {
    if (handshake_.failed()) {  // not even an alert: what a step left half-made is not sent
      failed_ = true;
      return Handshake::kFailed;
    }
    const std::string records = handshake_.take_output();
    if (handshake_.outcome() == Outcome::kFailed && handshake_.filter()->http_request()) {
      output.append(kPlainHttpBeforeDate);
      output.append(shared_.date.now());
      output.append(kPlainHttpAfterDate);
    } else {
      output.append(records);
    }
    if (handshake_.outcome() == Outcome::kDone) {
      input.put_back(handshake_.take_rest());
      facts_.site = handshake_.context().entries()[handshake_.filter()->entry()].id;
      facts_.version = handshake_.filter()->version();
      facts_.client_subject = handshake_.filter()->client_subject();
      return Handshake::kDone;
    }
    failed_ = handshake_.outcome() != Outcome::kWantsInput;
  }
  if (failed_) return Handshake::kFailed;
  for (auto bytes = input.next(); !bytes.empty(); bytes = input.next()) {
    handshake_.add(bytes);
    input.take(bytes.size());
  }
  if (!handshake_.has_input()) return Handshake::kWantsInput;
  // Steps after the first are of somebody who is in already.
  const bool first = handshake_.filter() == nullptr;
  if (!first) {
    handshake_.free(shared_.ended.take());
    shared_.tls.submit(handshake_, &shared_.resumptions);
  } else if (core::resumption_offered(std::as_bytes(std::span(handshake_.input())))) {
    if (!shared_.tls.try_submit(handshake_, shared_.resumptions)) return Handshake::kRefused;
  } else if (!shared_.tls.try_submit(handshake_)) {
    return Handshake::kRefused;
  }
  shaking_ = true;
  return Handshake::kBusy;
}

void TlsTransport::on_step() {
  shaking_ = false;
  stepped_ = true;
  on_progress_();
}

// --- Records from the peer.

std::span<const std::byte> TlsTransport::next(ConnectionInput& input, core::OutputQueue& output) {
  if (!backlog_.empty()) {
    if (taken_ < backlog_.size()) return std::as_bytes(std::span(backlog_)).subspan(taken_);
    backlog_ = {};  // an idle connection owns no buffer
    taken_ = 0;
  }
  if (taken_ < opened_.size()) return opened_.subspan(taken_);
  opened_ = {};
  taken_ = 0;
  while (!failed_ && !ended_ && !had_its_share()) {
    const std::span<const std::byte> records = input.next();
    if (records.empty()) return {};
    handshake_.filter()->give(records);
    const bool opened = open_record(output);
    input.take(records.size() - handshake_.filter()->unread().size());
    if (opened) return opened_;
  }
  if (ended_) input.clear();  // RFC 8446 6.1: what comes behind close_notify is ignored
  return {};
}

// From what the filter was given; true when there is plaintext.
bool TlsTransport::open_record(core::OutputQueue& output) {
  QueueSink sink(output);
  std::size_t size = 0;
  switch (handshake_.filter()->open(shared_.scratch, size, sink)) {
    case Outcome::kDone:
      opened_ = std::as_bytes(shared_.scratch.first(size));
      return size > 0;
    case Outcome::kWantsInput:
      return false;
    case Outcome::kEnded:
      ended_ = true;
      return false;
    case Outcome::kFailed:
      failed_ = true;
      return false;
  }
  return false;
}

void TlsTransport::stash() {
  if (!backlog_.empty()) backlog_.erase(0, std::exchange(taken_, 0));
  const auto left = opened_.subspan(std::min(opened_.size(), std::exchange(taken_, 0)));
  backlog_.append(reinterpret_cast<const char*>(left.data()), left.size());
  opened_ = {};
}

// --- Records for the peer.

bool TlsTransport::seal(core::OutputQueue& output) {
  while (!plain_.empty() && output.size() < kSealedBytesMax) {
    if (reading_) return true;
    if (plain_.front_file() != nullptr) {
      if (!seal_file(output)) return false;
    } else if (!seal_bytes(output)) {
      return false;
    }
  }
  if (piece_ != nullptr && !reading_ && !plain_.holds_file()) piece_->free_buffer();
  return true;
}

// One record: small pieces run together in it.
bool TlsTransport::seal_bytes(core::OutputQueue& output) {
  std::array<iovec, 16> pieces{};
  const std::size_t count = plain_.gather(pieces);
  std::string_view record{static_cast<const char*>(pieces[0].iov_base),
                          std::min(pieces[0].iov_len, kRecordBytesMax)};
  if (count > 1 && record.size() < kRecordBytesMax) {
    INVARIANT(opened_.empty());  // it lies in the scratch too
    std::size_t size = 0;
    for (const iovec& piece : std::span(pieces).first(count)) {
      const std::size_t part = std::min(piece.iov_len, kRecordBytesMax - size);
      std::memcpy(shared_.scratch.data() + size, piece.iov_base, part);
      size += part;
    }
    record = {shared_.scratch.data(), size};
  }
  QueueSink sink(output);
  if (!handshake_.filter()->seal(record, sink)) failed_ = true;
  plain_.consume(record.size());
  return !failed_;
}

bool TlsTransport::seal_file(core::OutputQueue& output) {
  if (piece_ == nullptr) {
    piece_ =
        std::make_unique<FileReadJob>(FileReadJob::OnFinished::to<&TlsTransport::on_piece>(*this));
  }
  if (piece_->bytes().empty()) {
    if (piece_->outcome() != FileReadJob::Outcome::kRead) return false;
    const core::Segment* segment = plain_.front_file();
    piece_->prepare(segment->file, segment->file_offset, segment->size);
    reading_ = true;
    // Bounded by the number of connections, and an answer that has begun cannot be refused.
    shared_.files.submit(*piece_, segment->file->queue.get());
    return true;
  }
  const std::string_view record = piece_->bytes().substr(0, kRecordBytesMax);
  QueueSink sink(output);
  if (!handshake_.filter()->seal(record, sink)) failed_ = true;
  piece_->take(record.size());
  plain_.consume(record.size());
  return !failed_;
}

void TlsTransport::on_piece() {
  reading_ = false;
  on_progress_();
}

bool TlsTransport::close(core::OutputQueue& output) {
  if (std::exchange(closed_, true)) return false;
  QueueSink sink(output);
  handshake_.filter()->close(sink);
  return true;
}

// --- The end.

void TlsTransport::leave() {
  handshake_.leave();
  if (piece_ != nullptr) piece_->abandon();
}

}  // namespace server
