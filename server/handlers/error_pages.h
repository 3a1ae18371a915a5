// ErrorPages: the pages of one site in place of the built-in ones. They are files of the loop's
// cache: known, or looked up on the files lane, and an edit shows within a second. A page is
// answered with the status that it stands for, its type and its bytes, besides the fields that the
// handler has added. It has no validators, and no condition or range of the request is looked at:
// it is not what was asked for. Loop thread only; one per loop and site, owned by the router.
//
// Whatever is wrong with a page (missing, a directory, unreadable, its queue full, its disk slower
// than kWaitMax), the built-in one is the answer, with the same status.
//
// What the session refuses before it has understood a head (400, 408, 414, 431) is no site's and
// has the built-in page. What it refuses later (413, 417, and 400 or 408 within a body) has the
// site's: the connection, which ends with that answer, waits for it as for any other, and never
// longer than kWaitMax. While there is a sink no page is waited for: if it is not known the
// built-in one is the answer.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/base/clock.h"
#include "server/handlers/file_cache.h"
#include "server/http/exchange.h"

namespace server {

class ErrorPages final : public StatusPages {
 public:
  static constexpr core::Duration kWaitMax = std::chrono::seconds(1);
  // For so long nobody waits for a page that somebody has waited for in vain.
  static constexpr core::Duration kRest = std::chrono::seconds(1);

  explicit ErrorPages(FileCache& cache) : cache_(cache) {}

  // `path` begins with '/' and lies below the root of `source`, which outlives this and the cache.
  // Before the first answer.
  void add(int status, const FileSource& source, std::string path);

  [[nodiscard]] bool try_respond(Exchange& exchange, int status) override;

 private:
  struct Page {
    const FileSource* source;
    std::string path;
    core::TimePoint rests_until{};
  };
  class WaitingForPage;

  FileCache& cache_;
  std::map<int, Page> pages_;
};

}  // namespace server
