#include "tests/server/handlers/file_service.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <variant>

#include "server/http/uri.h"

namespace files_test {
namespace {

constexpr core::Duration kPatience = std::chrono::seconds(10);
constexpr core::Duration kBeat = std::chrono::milliseconds(10);

struct AppendTo {
  Reply& reply;

  void operator()(const server::NoBody&) const {}
  void operator()(const server::TextBody& text) const { reply.body += text.text; }
  void operator()(const server::BytesBody& bytes) const { reply.body += bytes.bytes; }
  void operator()(const server::FileBody& file) const {
    reply.from_file = true;
    std::string bytes(file.length, '\0');
    const ssize_t size =
        ::pread(file.file->fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(file.offset));
    reply.body += bytes.substr(0, size < 0 ? 0 : static_cast<std::size_t>(size));
  }
  void operator()(const server::CompoundBody& body) const {
    for (const server::BodyPiece& piece : body.pieces) std::visit(*this, piece);
  }
  void operator()(const server::StreamBody&) const {}  // no file is one
};

// A real back end whose clock is ahead.
class AheadBackend final : public core::Backend {
 public:
  AheadBackend(std::unique_ptr<core::Backend> backend, const core::Duration& skipped)
      : backend_(std::move(backend)), skipped_(skipped) {}
  void start(core::Operation& operation) override { backend_->start(operation); }
  void cancel(core::Operation& operation) override { backend_->cancel(operation); }
  void wait(core::Duration limit, core::CompletionQueue& completions) override {
    backend_->wait(limit, completions);
  }
  [[nodiscard]] std::string_view name() const override { return backend_->name(); }
  [[nodiscard]] core::TimePoint now() const override { return backend_->now() + skipped_; }

 private:
  const std::unique_ptr<core::Backend> backend_;
  const core::Duration& skipped_;
};

}  // namespace

std::string Reply::field(const std::string& name) const {
  const std::string lines = "\r\n" + fields;
  const std::size_t at = lines.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "(none)";
  const std::size_t value = at + name.size() + 4;
  return lines.substr(value, lines.find("\r\n", value) - value);
}

PendingRequest::PendingRequest(std::string method, std::string target, Fields fields)
    : method_(std::move(method)),
      target_(std::move(target)),
      fields_(std::move(fields)),
      exchange_(core::Callback<void()>::to<&PendingRequest::on_response>(*this)) {
  server::Request& request = exchange_.request;
  request.method = server::parse_method(method_);
  request.method_text = method_;
  request.target_text = target_;
  const auto parsed = server::parse_request_target(target_);
  REQUIRE(parsed.has_value());
  request.target = *parsed;
  path_.resize(parsed->raw_path.size());
  const auto path = server::normalize_path(parsed->raw_path, path_);
  REQUIRE(path.has_value());
  request.path = path->path;
  request.has_encoded_slash = path->has_encoded_slash;
  for (const auto& field : fields_) request.fields.add({field.first, field.second});
}

Reply PendingRequest::reply() const {
  REQUIRE(exchange_.responded());
  const server::Response& response = exchange_.response;
  Reply reply;
  reply.status = response.status;
  reply.fields.append(response.prepared_fields).append(response.fields.text());
  std::visit(AppendTo{reply}, response.body);
  return reply;
}

FileService::FileService(const Options& options)
    : options_(options), heartbeat_(core::Callback<void()>::to<&FileService::beat>(*this)) {
  const auto make =
      [this](core::BufferPool& buffers) -> core::Result<std::unique_ptr<core::Backend>> {
    auto backend = core::make_backend(options_.engine, buffers);
    if (!backend) return core::unexpected(backend.error());
    return std::make_unique<AheadBackend>(std::move(*backend), skipped_);
  };
  auto loop = core::EventLoop::create(core::EventLoop::MakeBackend(make));
  REQUIRE(loop.has_value());
  loop_ = std::move(*loop);
  pool_ = std::make_unique<core::WorkerPool>(
      core::WorkerPool::Options{"files", 1, 0, 0, options_.threads_max});
  workers_ = std::make_unique<test::FailingWorkers>(*pool_);
  lane_ = std::make_unique<core::Lane>(*workers_, *loop_);
  auto root = server::RootDirectory::open(folder.path());
  REQUIRE(root.has_value());
  source_ = std::make_unique<server::FileSource>(server::FileSource{
      std::move(*root), options_.files, std::make_shared<core::JobQueue>(options_.queue_jobs_max)});
  cache_ = std::make_unique<server::FileCache>(*loop_, *lane_, options_.cache_bytes_max,
                                               options_.cache_files_max);
  handler_ = std::make_unique<server::StaticFiles>(*source_, *cache_);
  beat();
}

FileService::~FileService() {
  stop();
  heartbeat_.unlink();
}

void FileService::beat() { loop_->timers().set(heartbeat_, core::Clock::now() + skipped_ + kBeat); }

std::unique_ptr<PendingRequest> FileService::start(const std::string& target,
                                                   const std::string& method,
                                                   const Fields& fields) {
  auto request = std::make_unique<PendingRequest>(method, target, fields);
  request->exchange().status_pages = status_pages;
  handler_->start(request->exchange());
  return request;
}

Reply FileService::ask(const std::string& target, const Fields& fields, const std::string& method) {
  const auto request = start(target, method, fields);
  return wait_for(*request);
}

Reply FileService::wait_for(PendingRequest& request) {
  REQUIRE(turn_until([&request] { return request.exchange().responded(); }));
  return request.reply();
}

bool FileService::turn_until(const std::function<bool()>& condition) {
  const core::TimePoint give_up = core::Clock::now() + kPatience;
  while (!condition()) {
    if (core::Clock::now() > give_up) return false;
    loop_->turn();
  }
  return true;
}

Reply FileService::ask_until(const std::string& target,
                             const std::function<bool(const Reply&)>& satisfies) {
  const core::TimePoint give_up = core::Clock::now() + kPatience;
  for (;;) {
    Reply reply = ask(target);
    if (satisfies(reply)) return reply;
    REQUIRE(core::Clock::now() < give_up);
    loop_->turn();  // a hit needs no turn, but time has to pass
  }
}

void FileService::run_on_worker(std::function<void()> function) {
  FunctionJob job(std::move(function));
  REQUIRE(lane_->try_submit(job, *source_->queue));
  REQUIRE(turn_until([&job] { return job.finished(); }));
}

void FileService::close_gate() {
  gate_ = std::promise<void>();
  auto entered = std::make_shared<std::promise<void>>();
  std::future<void> is_inside = entered->get_future();
  std::shared_future<void> opened = gate_.get_future().share();
  held_.push_back(std::make_unique<FunctionJob>([entered, opened] {
    entered->set_value();
    opened.wait();
  }));
  lane_->submit(*held_.back(), source_->queue.get());
  loop_->turn();  // wakes the worker
  REQUIRE(is_inside.wait_for(kPatience) == std::future_status::ready);
}

void FileService::open_gate() {
  gate_.set_value();
  REQUIRE(turn_until([this] {
    for (const auto& job : held_) {
      if (!job->finished()) return false;
    }
    return true;
  }));
  held_.clear();
}

void FileService::fill_queue(std::size_t free) {
  while (source_->queue->queued() + free < options_.queue_jobs_max) {
    held_.push_back(std::make_unique<FunctionJob>([] {}));
    lane_->submit(*held_.back(), source_->queue.get());
  }
}

void FileService::stop() {
  if (stopped_) return;
  stopped_ = true;
  if (!held_.empty()) open_gate();
  cache_->stop();
  REQUIRE(turn_until([this] { return cache_->idle(); }));
  handler_.reset();
  cache_.reset();
  REQUIRE(pool_->stop(kPatience));
}

}  // namespace files_test
