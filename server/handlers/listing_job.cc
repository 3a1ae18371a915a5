#include "server/handlers/listing_job.h"

#include <cerrno>

#include "core/base/clock.h"
#include "core/base/invariant.h"
#include "server/handlers/directory_listing.h"
#include "server/handlers/listing_page.h"

namespace server {

ListingJob::ListingJob(const FileSource& source, std::string_view path, std::string_view below,
                       const ListingVariant& variant, OnListed on_listed)
    : source_(source),
      path_(path),
      below_(below.size() > 1 ? below.substr(1) : "."),
      variant_(variant),
      on_listed_(on_listed) {
  INVARIANT(path.ends_with('/') && below.starts_with('/'));
}

void ListingJob::run() {
  const config::Files& options = source_.options;
  core::UniqueFd directory =
      source_.root.open_beneath(below_.c_str(), core::Clock::now(), options.symlinks);
  if (!directory.valid()) {
    kind_ = kind_of_error(errno);
    return;
  }
  DirectoryLimits limits;
  limits.dot_files = options.dotfiles;
  const auto listing =
      read_directory(std::move(directory), source_.root, below_, limits, options.symlinks);
  if (!listing) {
    kind_ = kind_of_error(listing.error());
    return;
  }
  const std::string root = options.strip_prefix + "/";
  text_ = render_listing(*listing, {path_, root}, variant_);
  kind_ = Representation::Kind::kUnindexed;
}

void ListingJob::on_done() {
  if (!detached_) on_listed_(*this);
  delete this;
}

}  // namespace server
