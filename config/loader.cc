#include "config/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "config/binding.h"
#include "config/document.h"
#include "config/file_text.h"
#include "config/include.h"
#include "config/listen_reader.h"
#include "config/password_warnings.h"
#include "config/reader.h"
#include "config/report.h"
#include "config/sections.h"
#include "config/site_reader.h"
#include "config/tls_reader.h"
#include "config/variables.h"

namespace config {
namespace {

constexpr const char* kSitesHelp =
    "such as { \"routes\": [{ \"files\": { \"root\": \"/srv/www\" } }] }";

std::vector<Diagnostic> refusal(const std::string& file, std::string message) {
  Diagnostic diagnostic;
  diagnostic.place.file = file;
  diagnostic.message = std::move(message);
  return {std::move(diagnostic)};
}

void append(std::vector<Diagnostic>& all, std::vector<Diagnostic> more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

// The directory that relative paths in the file start at.
core::Result<std::string, std::string> directory_of(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) return core::unexpected("cannot find its directory: " + error.message());
  return absolute.parent_path().string();
}

// Whether no listener is missing because it was refused.
bool all_are_read(const ObjectReader& reader, const std::vector<Listen>& listens) {
  const Member* const member = reader.find("listen");
  return member != nullptr && member->value.kind == Node::Kind::kList && !listens.empty() &&
         member->value.items.size() == listens.size();
}

const Member* find_member(const Node& node, std::string_view key) {
  const auto found = std::find_if(node.members.begin(), node.members.end(),
                                  [key](const Member& member) { return member.key == key; });
  return found == node.members.end() ? nullptr : &*found;
}

// One configuration while it is read: the file itself, then those that it includes.
class Loading {
 public:
  void read_main(std::unique_ptr<SourceFile> file);
  [[nodiscard]] LoadResult result() &&;

 private:
  [[nodiscard]] static bool parse(Report& report, SourceFile& file);
  void read_sections(Report& report, const ObjectReader& reader, std::string_view base_directory);
  void read_included(Report& includer, const Included& included, SiteReader& sites);
  void read_sites(Report& report, const std::vector<Node>& nodes, std::string_view base_directory,
                  SiteReader& sites);
  void finish(Report& report, std::unique_ptr<SourceFile> file);

  Loaded loaded_;
  std::vector<Diagnostic> errors_;
};

bool Loading::parse(Report& report, SourceFile& file) {
  auto document = parse_document(file.text);
  if (!document) {
    SyntaxError& error = document.error();
    report.error(error.span, std::move(error.message), std::move(error.help));
    return false;
  }
  file.root = std::move(*document);
  replace_variables(report, file.root, file.base_directory);
  return true;
}

void Loading::read_main(std::unique_ptr<SourceFile> file) {
  Report report(file->source);
  if (!parse(report, *file)) {
    finish(report, std::move(file));
    return;
  }
  const ObjectReader reader(report, file->root, "the configuration", file->root.span, kConfigKeys);
  read_sections(report, reader, file->base_directory);
  SiteReader sites(loaded_.config.listen, all_are_read(reader, loaded_.config.listen));
  const Member* const include = reader.find("include");
  std::vector<Included> included;
  if (include != nullptr) included = find_included(report, *include, file->base_directory);
  const bool may_lack_sites = include != nullptr || reader.misspelled("include");
  const Member* const member = may_lack_sites ? reader.find("sites") : reader.require("sites");
  if (member != nullptr) {
    const std::vector<Node>* nodes = read_list(report, *member);
    if (nodes != nullptr && nodes->empty() && !may_lack_sites) {
      report.error(member->value.span, "sites must not be empty", kSitesHelp);
    }
    if (nodes != nullptr) read_sites(report, *nodes, file->base_directory, sites);
  }
  finish(report, std::move(file));
  for (const Included& one : included) {
    // Nobody reads more, and there may be thousands of files.
    if (errors_.size() > kDiagnosticsMax) break;
    read_included(report, one, sites);
  }
  if (include != nullptr && loaded_.config.sites.empty() && errors_.empty() && report.empty()) {
    report.error(include->key_span, "no site, neither here nor in an included file", kSitesHelp);
  }
  // Only when all else is right: what a wrong site was meant to be nobody knows.
  if (errors_.empty() && report.empty()) {
    check_answered(report, reader.find("listen")->value.items, loaded_.config);
  }
  append(errors_, report.take());
  append(loaded_.warnings, report.take_warnings());
}

void Loading::read_sections(Report& report, const ObjectReader& reader,
                            std::string_view base_directory) {
  Config& config = loaded_.config;
  if (const Member* schema = reader.find("$schema")) {
    static_cast<void>(read_string(report, schema->value, schema->key));
  }
  check_version(report, reader.find("version"));
  config.listen = read_listen(report, reader.require("listen"), base_directory);
  config.admin = read_admin(report, reader.find("admin"), base_directory, config.listen);
  reader.read("loops", config.loops);
  reader.read_word("engine", config.engine);
  config.lanes = read_lanes(report, reader.find("lanes"));
  config.tls = read_tls(report, reader.find("tls"), base_directory);
  config.limits = read_limits(report, reader.find("limits"));
  config.drain = read_drain(report, reader.find("drain"));
  config.log = read_log(report, reader.find("log"), base_directory);
}

void Loading::read_sites(Report& report, const std::vector<Node>& nodes,
                         std::string_view base_directory, SiteReader& sites) {
  for (const Node& node : nodes) {
    loaded_.config.sites.push_back(sites.read(report, node, base_directory));
  }
}

// A site, or a list of sites. `includer` belongs to the file that names it.
void Loading::read_included(Report& includer, const Included& included, SiteReader& sites) {
  const std::filesystem::path path(included.path);
  auto text = read_file(included.path, kDocumentBytesMax);
  if (!text) {
    includer.error(included.span, fmt::format("{}: {}", quote(included.path), text.error().message),
                   "who runs ouro must be able to read it");
    return;
  }
  auto file =
      std::make_unique<SourceFile>(std::move(*text), included.path, path.parent_path().string());
  Report report(file->source);
  if (parse(report, *file)) {
    const Node& root = file->root;
    if (const Member* whole = find_member(root, "sites")) {
      report.error(whole->key_span, "an included file is a site, or a list of sites",
                   "write its list alone: [ { \"routes\": ... } ]");
    } else if (root.kind == Node::Kind::kList) {
      read_sites(report, root.items, file->base_directory, sites);
    } else {
      loaded_.config.sites.push_back(sites.read(report, root, file->base_directory));
    }
  }
  finish(report, std::move(file));
}

void Loading::finish(Report& report, std::unique_ptr<SourceFile> file) {
  append(errors_, report.take());
  append(loaded_.warnings, report.take_warnings());
  loaded_.files.push_back(std::move(file));
}

LoadResult Loading::result() && {
  if (!errors_.empty()) return core::unexpected(std::move(errors_));
  append(loaded_.warnings, warn_of_passwords(loaded_));
  return std::move(loaded_);
}

LoadResult load(std::string text, const std::string& name, std::string directory) {
  Loading loading;
  loading.read_main(std::make_unique<SourceFile>(std::move(text), name, std::move(directory)));
  return std::move(loading).result();
}

}  // namespace

LoadResult load_file(const std::string& path) {
  auto text = read_file(path, kDocumentBytesMax);
  if (!text) return core::unexpected(refusal(path, text.error().message));
  auto directory = directory_of(path);
  if (!directory) return core::unexpected(refusal(path, directory.error()));
  return load(std::move(*text), path, std::move(*directory));
}

LoadResult load_text(std::string_view text, const std::string& file_name,
                     std::string_view base_directory) {
  return load(std::string(text), file_name, std::string(base_directory));
}

}  // namespace config
