#include "server/handlers/error_pages.h"

#include <utility>

#include "core/base/invariant.h"
#include "server/handlers/byte_ranges.h"
#include "server/http/status.h"

namespace server {
namespace {

void respond_with_page(Exchange& exchange, int status,
                       const std::shared_ptr<const Representation>& page) {
  if (page->kind != Representation::Kind::kFile) {
    respond_with_built_in_page(exchange, status);
    return;
  }
  exchange.response.status = status;
  exchange.response.prepared_fields = page->content_type_field();
  exchange.response.prepared_owner = page;
  exchange.response.body = body_of(page, {0, page->size});
  exchange.respond();
}

}  // namespace

// An answer that waits for its page's look-up, kept with its exchange.
class ErrorPages::WaitingForPage final : public HandlerContext, public FileWaiter {
 public:
  WaitingForPage(FileCache& cache, Page& page, Exchange& exchange, int status)
      : cache_(cache),
        page_(page),
        exchange_(exchange),
        status_(status),
        timer_(core::Callback<void()>::to<&WaitingForPage::on_timeout>(*this)) {
    core::EventLoop& loop = cache_.loop();
    loop.timers().set(timer_, loop.turn_began() + kWaitMax);
  }

  void on_loaded(const std::shared_ptr<const Representation>& representation) override {
    cache_.loop().timers().clear(timer_);
    respond_with_page(exchange_, status_, representation);
  }

 private:
  void on_timeout() {
    unlink();  // from those who wait for the file
    page_.rests_until = cache_.loop().turn_began() + kRest;
    respond_with_built_in_page(exchange_, status_);
  }

  FileCache& cache_;
  Page& page_;
  Exchange& exchange_;
  const int status_;
  core::Timer timer_;
};

void ErrorPages::add(int status, const FileSource& source, std::string path) {
  INVARIANT(path.starts_with('/'));
  pages_.insert_or_assign(status, Page{&source, std::move(path)});
}

bool ErrorPages::try_respond(Exchange& exchange, int status) {
  const auto found = pages_.find(status);
  if (found == pages_.end() || body_forbidden(status)) return false;
  Page& page = found->second;
  if (const auto* known = cache_.find(*page.source, page.path)) {
    respond_with_page(exchange, status, *known);
    return true;
  }
  const bool rests = cache_.loop().turn_began() < page.rests_until;
  if (rests || exchange.body_sink != nullptr) return false;
  auto waiting = std::make_unique<WaitingForPage>(cache_, page, exchange, status);
  WaitingForPage& waiter = *waiting;
  exchange.respond_later(std::move(waiting));
  cache_.wait_for(*page.source, page.path, waiter);
  return true;
}

}  // namespace server
