// StaticFiles: the action of a `files` route: GET and HEAD of the files below one root, with
// validators, conditional requests and byte ranges. Never touches the file system itself:
// hits come from the loop's cache, everything else from the files lane. Loop thread only, one per
// loop and route.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "server/handlers/file_cache.h"
#include "server/http/exchange.h"

namespace server {

class StaticFiles final : public Handler {
 public:
  // `source` outlives this and the cache.
  StaticFiles(const FileSource& source, FileCache& cache);

  void start(Exchange& exchange) override;

 private:
  // Which look-up of a request this is: it takes three at most.
  struct Asked {
    bool fallback = false;
    std::optional<config::Coding> coding = std::nullopt;
  };
  class WaitingRequest;
  class WaitingForListing;

  // `path` below the root, with the slash in front.
  void look_up(Exchange& exchange, Asked asked, std::string_view path);
  void answer(Exchange& exchange, Asked asked,
              const std::shared_ptr<const Representation>& representation);
  void negotiate(Exchange& exchange, Asked asked,
                 const std::shared_ptr<const Representation>& representation);
  void respond_to_missing(Exchange& exchange);
  void list(Exchange& exchange);

  const FileSource& source_;
  FileCache& cache_;
  const std::string fallback_;  // empty, or as a path that begins with '/'
};

// The answer that RFC 9110 wants for this request, given what its path turned out to be.
void respond_with_representation(Exchange& exchange,
                                 const std::shared_ptr<const Representation>& representation);

}  // namespace server
