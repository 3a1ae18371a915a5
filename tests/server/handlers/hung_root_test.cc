// Goal: a root whose disk hangs takes only its own requests: they wait, then are refused at once
// when its queue is full, while those of another root are answered; and they are answered when the
// disk comes back. Method: the root's one worker is held by a gate (file_service.h); a second root
// has the same cache and pool.

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/server/handlers/file_service.h"

using namespace files_test;

namespace {

class OtherRoot {
 public:
  explicit OtherRoot(FileService& service)
      : service_(service),
        source_{std::move(*server::RootDirectory::open(folder.path())), {}},
        handler_(source_, service.cache()) {}

  TemporaryFolder folder;

  Reply ask(const std::string& target) {
    PendingRequest request("GET", target, {});
    handler_.start(request.exchange());
    return service_.wait_for(request);
  }

 private:
  FileService& service_;
  server::FileSource source_;
  server::StaticFiles handler_;
};

}  // namespace

TEST_CASE("a hung root refuses when its queue is full; another answers meanwhile; it recovers") {
  constexpr std::size_t kQueueMax = 5;
  FileService::Options options;
  options.queue_jobs_max = kQueueMax;
  options.threads_max = 3;
  FileService service(options);
  OtherRoot other(service);
  for (std::size_t i = 0; i <= kQueueMax; ++i) service.folder.write(std::to_string(i), "hung");
  for (int i = 0; i < 20; ++i) other.folder.write(std::to_string(i), "healthy");
  other.folder.write("large", std::string(100'000, 'l'));

  service.close_gate();
  std::vector<std::unique_ptr<PendingRequest>> waiting;
  for (std::size_t i = 0; i < kQueueMax; ++i) {
    waiting.push_back(service.start("/" + std::to_string(i)));
    CHECK_FALSE(waiting.back()->exchange().responded());
  }
  for (int i = 0; i < 20; ++i) {
    const Reply refused = service.ask("/" + std::to_string(kQueueMax));
    CHECK(refused.status == 503);
    CHECK(refused.field("Retry-After") == "1");
    const Reply answered = other.ask("/" + std::to_string(i));
    CHECK(answered.status == 200);
    CHECK(answered.body == "healthy");
  }
  CHECK(other.ask("/large").body.size() == 100'000);
  for (const auto& request : waiting) CHECK_FALSE(request->exchange().responded());

  service.open_gate();
  for (const auto& request : waiting) CHECK(service.wait_for(*request).body == "hung");
  CHECK(service.ask("/" + std::to_string(kQueueMax)).body == "hung");
  service.stop();  // before the other root goes
}
