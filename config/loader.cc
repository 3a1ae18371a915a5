#include "config/loader.h"

#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "config/document.h"
#include "config/file_text.h"
#include "config/listen_reader.h"
#include "config/reader.h"
#include "config/report.h"
#include "config/sections.h"
#include "config/site_reader.h"
#include "config/variables.h"

namespace config {
namespace {

constexpr std::array<std::string_view, 9> kKeys = {
    "$schema", "version", "listen", "loops", "engine", "limits", "drain", "log", "sites"};

LoadResult refuse_file(const std::string& path, std::string message) {
  Diagnostic diagnostic;
  diagnostic.place.file = path;
  diagnostic.message = std::move(message);
  return core::unexpected(std::vector<Diagnostic>{std::move(diagnostic)});
}

Config read_config(Report& report, const Node& root, std::string_view base_directory) {
  Config config;
  const ObjectReader reader(report, root, "the configuration", root.span, kKeys);
  if (const Member* schema = reader.find("$schema")) {
    static_cast<void>(read_string(report, schema->value, schema->key));
  }
  check_version(report, reader.find("version"));
  config.listen = read_listen(report, reader.require("listen"), base_directory);
  config.loops = read_loops(report, reader.find("loops"));
  config.engine = read_engine(report, reader.find("engine"));
  config.limits = read_limits(report, reader.find("limits"));
  config.drain = read_drain(report, reader.find("drain"));
  config.log = read_log(report, reader.find("log"), base_directory);
  if (const Member* sites = reader.require("sites")) {
    config.sites = SiteReader(report, base_directory).read(*sites);
  }
  return config;
}

}  // namespace

LoadResult load_file(const std::string& path) {
  const auto text = read_file(path, kDocumentBytesMax);
  if (!text) return refuse_file(path, text.error().message);
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) return refuse_file(path, "cannot find its directory: " + error.message());
  return load_text(*text, path, absolute.parent_path().string());
}

LoadResult load_text(std::string_view text, const std::string& file_name,
                     std::string_view base_directory) {
  const SourceText source(text, file_name);
  Report report(source);
  Config config;
  if (auto document = parse_document(text)) {
    replace_variables(report, *document, base_directory);
    config = read_config(report, *document, base_directory);
  } else {
    SyntaxError& error = document.error();
    report.error(error.span, std::move(error.message), std::move(error.help));
  }
  if (!report.empty()) return core::unexpected(report.take());
  return config;
}

}  // namespace config
