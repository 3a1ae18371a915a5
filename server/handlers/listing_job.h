// ListingJob: reads a directory and renders its listing, on the files lane. Made for one request;
// destroys itself on its loop once it is done. A client that leaves forgets it with abandon() and
// detach(). A listing is not kept: it is asked for seldom, and may be large.
#pragma once

#include <string>
#include <string_view>

#include "core/base/callback.h"
#include "server/handlers/file_cache.h"
#include "server/handlers/file_loader.h"
#include "server/handlers/listing_variant.h"

namespace server {

class ListingJob final : public UncachedJob {
 public:
  using OnListed = core::Callback<void(ListingJob&)>;

  // `path` is that of the request and ends with '/'; `below` is what of it lies below the root of
  // `source`, which outlives the job.
  ListingJob(const FileSource& source, std::string_view path, std::string_view below,
             const ListingVariant& variant, OnListed on_listed);

  // Loop thread: nobody is told.
  void detach() { detached_ = true; }

  // --- The result, for on_listed.

  // kUnindexed when all went well.
  [[nodiscard]] Representation::Kind kind() const {
    return failed() ? Representation::Kind::kFailed : kind_;
  }
  [[nodiscard]] std::string take_text() { return std::move(text_); }
  [[nodiscard]] const ListingVariant& variant() const { return variant_; }

 private:
  void run() override;
  void on_done() override;

  const FileSource& source_;
  const std::string path_;
  const std::string below_;  // relative: "a/b/", "." for the root
  const ListingVariant variant_;
  const OnListed on_listed_;
  bool detached_ = false;
  Representation::Kind kind_ = Representation::Kind::kFailed;
  std::string text_;
};

}  // namespace server
