#include "server/http/media_type.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>

#include "core/base/letter_case.h"

namespace server {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kJavaScript = "text/javascript; charset=utf-8";
constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
constexpr std::string_view kUnknownType = "application/octet-stream";

struct MediaType {
  std::string_view extension;  // lower case
  std::string_view name;
};

// Names of the IANA registry where it has one, else what browsers and Debian's mime.types agree on.
// Source code is plain text, so that it can be read in a browser; ".ts" is a video, because
// streaming players need that and nobody serves TypeScript to a browser.
constexpr auto kMediaTypes = std::to_array<MediaType>({
    {"3gp", "video/3gpp"},
    {"7z", "application/x-7z-compressed"},
    {"aac", "audio/aac"},
    {"apk", "application/vnd.android.package-archive"},
    {"apng", "image/apng"},
    {"atom", "application/atom+xml"},
    {"avi", "video/x-msvideo"},
    {"avif", "image/avif"},
    {"bash", kPlainText},
    {"bmp", "image/bmp"},
    {"br", "application/x-brotli"},
    {"bz2", "application/x-bzip2"},
    {"c", kPlainText},
    {"cc", kPlainText},
    {"cfg", kPlainText},
    {"cjs", kJavaScript},
    {"conf", kPlainText},
    {"cpp", kPlainText},
    {"css", "text/css; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"cur", "image/vnd.microsoft.icon"},
    {"cxx", kPlainText},
    {"deb", "application/vnd.debian.binary-package"},
    {"diff", kPlainText},
    {"dll", "application/vnd.microsoft.portable-executable"},
    {"dmg", "application/x-apple-diskimage"},
    {"doc", "application/msword"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"eot", "application/vnd.ms-fontobject"},
    {"eps", "application/postscript"},
    {"epub", "application/epub+zip"},
    {"exe", "application/vnd.microsoft.portable-executable"},
    {"flac", "audio/flac"},
    {"geojson", "application/geo+json"},
    {"gif", "image/gif"},
    {"glb", "model/gltf-binary"},
    {"gltf", "model/gltf+json"},
    {"go", kPlainText},
    {"gz", "application/gzip"},
    {"h", kPlainText},
    {"heic", "image/heic"},
    {"heif", "image/heif"},
    {"hh", kPlainText},
    {"hpp", kPlainText},
    {"htm", kHtml},
    {"html", kHtml},
    {"ico", "image/vnd.microsoft.icon"},
    {"ics", "text/calendar; charset=utf-8"},
    {"ini", kPlainText},
    {"iso", "application/x-iso9660-image"},
    {"jar", "application/java-archive"},
    {"java", kPlainText},
    {"jfif", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", kJavaScript},  // RFC 9239
    {"json", "application/json"},
    {"jsonld", "application/ld+json"},
    {"jxl", "image/jxl"},
    {"log", kPlainText},
    {"lua", kPlainText},
    {"m3u8", "application/vnd.apple.mpegurl"},
    {"m4a", "audio/mp4"},
    {"m4v", "video/mp4"},
    {"map", "application/json"},
    {"markdown", "text/markdown; charset=utf-8"},
    {"md", "text/markdown; charset=utf-8"},
    {"mid", "audio/midi"},
    {"midi", "audio/midi"},
    {"mjs", kJavaScript},
    {"mkv", "video/x-matroska"},
    {"mov", "video/quicktime"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"mpd", "application/dash+xml"},
    {"mpeg", "video/mpeg"},
    {"mpg", "video/mpeg"},
    {"odg", "application/vnd.oasis.opendocument.graphics"},
    {"odp", "application/vnd.oasis.opendocument.presentation"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"oga", "audio/ogg"},
    {"ogg", "audio/ogg"},
    {"ogv", "video/ogg"},
    {"opus", "audio/ogg"},
    {"otf", "font/otf"},
    {"patch", kPlainText},
    {"pdf", "application/pdf"},
    {"pl", kPlainText},
    {"png", "image/png"},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"ps", "application/postscript"},
    {"py", kPlainText},
    {"rar", "application/vnd.rar"},
    {"rb", kPlainText},
    {"rpm", "application/x-rpm"},
    {"rs", kPlainText},
    {"rss", "application/rss+xml"},
    {"rtf", "application/rtf"},
    {"sh", kPlainText},
    {"shtml", kHtml},
    {"sql", kPlainText},
    {"srt", "application/x-subrip"},
    {"svg", "image/svg+xml"},
    {"tar", "application/x-tar"},
    {"text", kPlainText},
    {"tgz", "application/gzip"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"toml", "application/toml"},
    {"ts", "video/mp2t"},
    {"tsv", "text/tab-separated-values; charset=utf-8"},
    {"ttc", "font/collection"},
    {"ttf", "font/ttf"},
    {"txt", kPlainText},
    {"vcf", "text/vcard; charset=utf-8"},
    {"vtt", "text/vtt; charset=utf-8"},
    {"wasm", "application/wasm"},
    {"wav", "audio/wav"},
    {"weba", "audio/webm"},
    {"webm", "video/webm"},
    {"webmanifest", "application/manifest+json"},
    {"webp", "image/webp"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"xht", "application/xhtml+xml"},
    {"xhtml", "application/xhtml+xml"},
    {"xls", "application/vnd.ms-excel"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"xml", "text/xml; charset=utf-8"},
    {"xsl", "text/xml; charset=utf-8"},
    {"xz", "application/x-xz"},
    {"yaml", "application/yaml"},  // RFC 9512
    {"yml", "application/yaml"},
    {"zip", "application/zip"},
    {"zst", "application/zstd"},  // RFC 8878
});

static_assert(std::ranges::adjacent_find(kMediaTypes, std::ranges::greater_equal{},
                                         &MediaType::extension) == kMediaTypes.end(),
              "the binary search needs strictly ascending extensions");

constexpr std::size_t kExtensionSizeMax =
    std::ranges::max(kMediaTypes, {}, [](const MediaType& type) {
      return type.extension.size();
    }).extension.size();

}  // namespace

std::string_view extension_of(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

std::string_view media_type_for(std::string_view path) {
  const std::string_view extension = extension_of(path);
  if (extension.empty() || extension.size() > kExtensionSizeMax) return kUnknownType;
  std::array<char, kExtensionSizeMax> lower{};
  std::ranges::transform(extension, lower.begin(), core::to_lower);
  const std::string_view wanted(lower.data(), extension.size());
  const auto* found = std::ranges::lower_bound(kMediaTypes, wanted, {}, &MediaType::extension);
  if (found == kMediaTypes.end() || found->extension != wanted) return kUnknownType;
  return found->name;
}

}  // namespace server
