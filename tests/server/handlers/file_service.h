// FileService: all that serves files, without a server: a temporary folder, a real event loop, a
// real worker pool with one thread (unless there are more roots), the cache and the handler.
// Requests are exchanges made by hand. One thread, the loop's. The root can be held by a gate, so
// that look-ups stay out for as long as a test needs.
#pragma once

#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/io/event_loop.h"
#include "core/work/lane.h"
#include "core/work/worker_pool.h"
#include "server/handlers/file_cache.h"
#include "server/handlers/static_files.h"
#include "tests/core/work/failing_workers.h"
#include "tests/server/handlers/temporary_folder.h"

namespace files_test {

// Runs a function on the worker.
class FunctionJob final : public core::Job {
 public:
  explicit FunctionJob(std::function<void()> function) : function_(std::move(function)) {}
  [[nodiscard]] bool finished() const { return finished_; }

 private:
  void run() noexcept override { function_(); }
  void finish() override { finished_ = true; }

  const std::function<void()> function_;
  bool finished_ = false;
};

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Reply {
  int status = 0;
  std::string fields;  // "Name: value\r\n" each, in the order in which they would be sent
  std::string body;
  bool from_file = false;  // sent from disk, not from memory

  // The value of a field; "(none)".
  [[nodiscard]] std::string field(const std::string& name) const;
};

// A request that is being answered. Destroying it is what a client does that leaves.
class PendingRequest {
 public:
  PendingRequest(std::string method, std::string target, Fields fields);
  [[nodiscard]] server::Exchange& exchange() { return exchange_; }
  [[nodiscard]] Reply reply() const;

 private:
  void on_response() {}

  const std::string method_;
  const std::string target_;
  const Fields fields_;
  std::string path_;
  server::Exchange exchange_;
};

class FileService {
 public:
  struct Options {
    core::Engine engine{};  // epoll
    std::size_t queue_jobs_max = 1024;
    std::size_t threads_max = 1;  // of all roots; one root has one
    std::size_t cache_bytes_max = std::size_t{16} * 1024 * 1024;
    std::size_t cache_files_max = server::FileCache::kFilesMax;
    config::Files files{};
  };
  FileService() : FileService(Options{}) {}
  explicit FileService(const Options& options);
  ~FileService();

  TemporaryFolder folder;
  server::StatusPages* status_pages = nullptr;  // of the requests from then on

  [[nodiscard]] std::unique_ptr<PendingRequest> start(const std::string& target,
                                                      const std::string& method = "GET",
                                                      const Fields& fields = {});
  // The whole answer, waited for.
  [[nodiscard]] Reply ask(const std::string& target, const Fields& fields = {},
                          const std::string& method = "GET");
  [[nodiscard]] Reply wait_for(PendingRequest& request);

  // Turns the loop until `condition` holds; false after ten seconds.
  [[nodiscard]] bool turn_until(const std::function<bool()>& condition);
  // Asks again and again until the reply satisfies; the test fails after ten seconds.
  [[nodiscard]] Reply ask_until(const std::string& target,
                                const std::function<bool(const Reply&)>& satisfies);

  // The loop's clock goes on by so much, as if it had slept; what is looked up from then on counts
  // as old at once, since workers have the real clock.
  void skip(core::Duration time) { skipped_ += time; }

  // Of the jobs that are submitted from then on.
  void fail_jobs(test::FailingWorkers::Failure failure) { workers_->failure = failure; }

  // Runs on the worker, and waits for it.
  void run_on_worker(std::function<void()> function);
  // The root's worker takes nothing until open_gate().
  void close_gate();
  void open_gate();
  // Jobs that wait behind the gate, so that the queue has `free` places.
  void fill_queue(std::size_t free);

  // As at the end of a loop: what is out comes back. Called by the destructor too.
  void stop();

  [[nodiscard]] server::FileCache& cache() { return *cache_; }
  [[nodiscard]] const server::FileSource& source() const { return *source_; }
  [[nodiscard]] core::EventLoop& loop() { return *loop_; }

 private:
  void beat();

  const Options options_;
  core::Duration skipped_{};
  std::unique_ptr<core::EventLoop> loop_;
  std::unique_ptr<core::WorkerPool> pool_;
  std::unique_ptr<test::FailingWorkers> workers_;  // before the pool
  std::unique_ptr<core::Lane> lane_;
  std::unique_ptr<server::FileSource> source_;
  std::unique_ptr<server::FileCache> cache_;
  std::unique_ptr<server::StaticFiles> handler_;
  core::Timer heartbeat_;  // so that no turn waits for ever
  std::promise<void> gate_;
  std::vector<std::unique_ptr<FunctionJob>> held_;
  bool stopped_ = false;
};

}  // namespace files_test
