// Goal: the types that browsers insist on under nosniff, found whatever the case, and nothing found
// where there is no extension. Method: tables after the IANA registry; the order of the table
// itself is a static_assert in the source.
#include "server/http/media_type.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using server::extension_of;
using server::media_type_for;

TEST_CASE("types that matter under X-Content-Type-Options: nosniff") {
  struct Case {
    std::string_view path;
    std::string_view type;
  };
  constexpr Case kCases[] = {
      {"/index.html", "text/html; charset=utf-8"},
      {"/index.htm", "text/html; charset=utf-8"},
      {"/a.css", "text/css; charset=utf-8"},
      {"/a.js", "text/javascript; charset=utf-8"},  // RFC 9239
      {"/a.mjs", "text/javascript; charset=utf-8"},
      {"/a.cjs", "text/javascript; charset=utf-8"},
      {"/a.json", "application/json"},  // RFC 8259 11: no charset parameter
      {"/a.js.map", "application/json"},
      {"/a.wasm", "application/wasm"},  // or WebAssembly.instantiateStreaming refuses it
      {"/a.webmanifest", "application/manifest+json"},
      {"/a.jsonld", "application/ld+json"},
      {"/a.svg", "image/svg+xml"},
      {"/a.png", "image/png"},
      {"/a.jpg", "image/jpeg"},
      {"/a.jpeg", "image/jpeg"},
      {"/a.gif", "image/gif"},
      {"/a.webp", "image/webp"},
      {"/a.avif", "image/avif"},
      {"/favicon.ico", "image/vnd.microsoft.icon"},
      {"/a.bmp", "image/bmp"},
      {"/a.tiff", "image/tiff"},
      {"/a.woff", "font/woff"},
      {"/a.woff2", "font/woff2"},
      {"/a.ttf", "font/ttf"},
      {"/a.otf", "font/otf"},
      {"/a.eot", "application/vnd.ms-fontobject"},
      {"/a.mp3", "audio/mpeg"},
      {"/a.m4a", "audio/mp4"},
      {"/a.ogg", "audio/ogg"},
      {"/a.opus", "audio/ogg"},
      {"/a.wav", "audio/wav"},
      {"/a.flac", "audio/flac"},
      {"/a.aac", "audio/aac"},
      {"/a.mp4", "video/mp4"},
      {"/a.m4v", "video/mp4"},
      {"/a.webm", "video/webm"},
      {"/a.ogv", "video/ogg"},
      {"/a.mov", "video/quicktime"},
      {"/a.vtt", "text/vtt; charset=utf-8"},
      {"/a.pdf", "application/pdf"},
      {"/a.txt", "text/plain; charset=utf-8"},
      {"/a.md", "text/markdown; charset=utf-8"},  // RFC 7763: charset is required
      {"/a.csv", "text/csv; charset=utf-8"},
      {"/a.tsv", "text/tab-separated-values; charset=utf-8"},
      {"/a.xml", "text/xml; charset=utf-8"},
      {"/a.xhtml", "application/xhtml+xml"},
      {"/a.rss", "application/rss+xml"},
      {"/a.atom", "application/atom+xml"},
      {"/a.zip", "application/zip"},
      {"/a.tar.gz", "application/gzip"},  // RFC 6713
      {"/a.tgz", "application/gzip"},
      {"/a.zst", "application/zstd"},  // RFC 8878
      {"/a.exe", "application/vnd.microsoft.portable-executable"},
      {"/a.m3u8", "application/vnd.apple.mpegurl"},  // RFC 8216
      {"/a.ts", "video/mp2t"},                       // what players of it need
      {"/a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
      {"/a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
      {"/a.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
      {"/a.odt", "application/vnd.oasis.opendocument.text"},
      {"/a.ics", "text/calendar; charset=utf-8"},
      {"/a.vcf", "text/vcard; charset=utf-8"},
      {"/a.glb", "model/gltf-binary"},
      {"/a.gltf", "model/gltf+json"},
      {"/a.yaml", "application/yaml"},  // RFC 9512
      {"/a.yml", "application/yaml"},
      {"/a.toml", "application/toml"},
      {"/a.py", "text/plain; charset=utf-8"},
      {"/a.h", "text/plain; charset=utf-8"},
      {"/a.log", "text/plain; charset=utf-8"},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.path);
    CHECK(media_type_for(c.path) == c.type);
    std::string upper(c.path);
    for (char& letter : upper) {
      if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    }
    CHECK(media_type_for(upper) == c.type);
  }
}

TEST_CASE("every extension of the promised list is known, and text carries its charset") {
  constexpr std::string_view kExtensions[] = {
      "html",  "htm",  "css",  "js",  "mjs",  "cjs",   "json", "map",  "wasm",        "svg",
      "png",   "jpg",  "jpeg", "gif", "webp", "avif",  "ico",  "bmp",  "tiff",        "woff",
      "woff2", "ttf",  "otf",  "eot", "mp3",  "mp4",   "m4a",  "m4v",  "webm",        "ogg",
      "oga",   "ogv",  "opus", "wav", "flac", "aac",   "mov",  "avi",  "mkv",         "pdf",
      "txt",   "md",   "csv",  "tsv", "xml",  "xhtml", "rss",  "atom", "webmanifest", "jsonld",
      "zip",   "gz",   "tgz",  "bz2", "xz",   "zst",   "br",   "7z",   "tar",         "rar",
      "deb",   "rpm",  "iso",  "dmg", "apk",  "epub",  "doc",  "docx", "xls",         "xlsx",
      "ppt",   "pptx", "odt",  "ods", "odp",  "rtf",   "ics",  "vcf",  "vtt",         "srt",
      "glb",   "gltf", "yaml", "yml", "toml", "sh",    "c",    "h",    "cc",          "py",
      "log",   "conf", "m3u8", "ts",  "exe"};
  for (const std::string_view extension : kExtensions) {
    CAPTURE(extension);
    const std::string_view type = media_type_for("/name." + std::string(extension));
    CHECK(type != "application/octet-stream");
    CHECK(type.starts_with("text/") == type.ends_with("; charset=utf-8"));
  }
}

TEST_CASE("what has no known extension is octet-stream") {
  for (const std::string_view path :
       {"", "/", "/file", "/file.", "/file.unknown", "/dir.html/file", "/dir.html/", "/.html/x",
        ".", "..", "/a.htmlx", "/a.html~", "/a.ht", "/a.abcdefghijklmnopqrstuvwxyz",
        "/a.webmanifests", "/a. html", "/a.\xc3\xa4", "html"}) {
    CAPTURE(path);
    CHECK(media_type_for(path) == "application/octet-stream");
  }
  CHECK(media_type_for(std::string_view("/a.js\0", 6)) == "application/octet-stream");
}

TEST_CASE("the extension is what follows the last dot of the last segment") {
  struct Case {
    std::string_view path;
    std::string_view extension;
  };
  constexpr Case kCases[] = {
      {"/a.b/c.tar.gz", "gz"},
      {"a.JPG", "JPG"},
      {"/.conf", "conf"},
      {"/a.", ""},
      {"/a", ""},
      {"", ""},
      {"/", ""},
      {"/a.b/", ""},
      {"/a.b/c", ""},
      {"x.y\\z.w", "w"},
      {"/a%2Eb", ""},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.path);
    CHECK(extension_of(c.path) == c.extension);
  }
}
