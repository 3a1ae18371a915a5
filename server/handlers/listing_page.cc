#include "server/handlers/listing_page.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "config/utf8.h"
#include "core/base/invariant.h"
#include "server/handlers/listing_style.h"
#include "server/http/date.h"
#include "server/http/uri.h"

namespace server {
namespace {

using Sort = ListingVariant::Sort;
using Order = ListingVariant::Order;
using Format = ListingVariant::Format;
using Entries = std::vector<const DirectoryEntry*>;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// --- Text

// What a reader sees of a name, in text and in quoted attributes. Controls are shown as their
// pictures; what would turn the direction of the text around ("exe.txt") loses its power.
void append_html(std::string& out, std::string_view text) {
  for (std::size_t offset = 0; offset < text.size();) {
    const config::Utf8Character character = config::decode_utf8(text, offset);
    const std::string_view bytes = text.substr(offset, character.size);
    offset += character.size;
    if (character.valid && character.code_point < 0x20) {
      out.append({'\xE2', '\x90', static_cast<char>(0x80 + character.code_point)});  // U+2400...
    } else if (!character.valid || config::is_unprintable(character.code_point)) {
      out.append(kReplacement);
    } else if (bytes == "&") {
      out.append("&amp;");
    } else if (bytes == "<") {
      out.append("&lt;");
    } else if (bytes == ">") {
      out.append("&gt;");
    } else if (bytes == "\"") {
      out.append("&quot;");
    } else if (bytes == "'") {
      out.append("&#39;");
    } else {
      out.append(bytes);
    }
  }
}

// RFC 8259 7
void append_json(std::string& out, std::string_view text) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  out.push_back('"');
  for (std::size_t offset = 0; offset < text.size();) {
    const config::Utf8Character character = config::decode_utf8(text, offset);
    const std::string_view bytes = text.substr(offset, character.size);
    offset += character.size;
    if (!character.valid) {
      out.append(kReplacement);
    } else if (character.code_point < 0x20) {
      out.append("\\u00");
      out.push_back(kHexDigits[character.code_point >> 4U]);
      out.push_back(kHexDigits[character.code_point & 0xFU]);
    } else {
      if (bytes == "\"" || bytes == "\\") out.push_back('\\');
      out.append(bytes);
    }
  }
  out.push_back('"');
}

// RFC 3986 4.2: with "./" in front no colon makes a scheme. '&' and '\'' stay through the
// encoding, so the attribute's escapes come on top.
void append_link(std::string& out, std::string_view name, bool is_directory) {
  std::string encoded;
  append_percent_encoded_path(encoded, name);
  out.append("./");
  append_html(out, encoded);
  if (is_directory) out.push_back('/');
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t end = text.size(); end > 3;) text.insert(end -= 3, 1, ',');
  return text;
}

std::string counted(std::uint64_t number, std::string_view noun) {
  return grouped(number).append(" ").append(noun).append(number == 1 ? "" : "s");
}

void append_digits(std::string& out, std::int64_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  out.append(digits - std::min(digits, text.size()), '0').append(text);
}

// --- HTML

constexpr std::string_view kHead =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    // A second fence: were a name ever to become markup, nothing would run or be loaded.
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<link rel=\"icon\" href=\"data:,\">\n"
    "<title>";

// What the links lead through, outermost first.
std::vector<std::string_view> folders_below_root(const ListingPath& where) {
  std::vector<std::string_view> folders;
  std::string_view rest = where.path.substr(where.root.size());
  while (!rest.empty()) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    folders.push_back(rest.substr(0, slash));
    rest.remove_prefix(std::min(slash + 1, rest.size()));
  }
  return folders;
}

void append_breadcrumbs(std::string& out, std::string_view root,
                        const std::vector<std::string_view>& folders) {
  out.append("<nav aria-label=\"Path\"><ol>\n");
  for (std::size_t depth = 0; depth < folders.size(); ++depth) {
    out.append("<li><a href=\"");
    for (std::size_t up = depth; up < folders.size(); ++up) out.append("../");
    out.append("\">");
    append_html(out, depth == 0 ? root : folders[depth - 1]);
    out.append("</a></li>\n");
  }
  out.append("<li aria-current=\"page\">");
  append_html(out, folders.back());
  out.append("</li>\n</ol></nav>\n");
}

std::string_view name_of(Sort sort) {
  switch (sort) {
    case Sort::kSize:
      return "size";
    case Sort::kModified:
      return "modified";
    case Sort::kName:
      break;
  }
  return "name";
}

std::string_view name_of(Order order) { return order == Order::kAscending ? "asc" : "desc"; }

void append_order(std::string& out, Sort sort, Order order) {
  out.append("sort=").append(name_of(sort)).append("&amp;order=").append(name_of(order));
}

void append_summary(std::string& out, const Entries& entries, const ListingVariant& variant) {
  std::uint64_t folders = 0;
  std::uint64_t bytes = 0;
  for (const DirectoryEntry* entry : entries) {
    folders += entry->is_directory ? 1 : 0;
    bytes += entry->size.value_or(0);
  }
  const ReadableSize size = readable_size(bytes);
  out.append("<p class=\"summary\"><span>").append(counted(folders, "folder")).append(", ");
  out.append(counted(entries.size() - folders, "file")).append(", <span title=\"");
  out.append(counted(bytes, "byte")).append("\">").append(size.number).append(" ");
  out.append(size.unit).append("</span></span> <a href=\"?format=json&amp;");
  append_order(out, variant.sort, variant.order);
  out.append("\">JSON</a></p>\n");
}

// The sorted column turns its order around. Of the others a reader wants the largest and the
// newest first.
void append_column(std::string& out, Sort sort, std::string_view title,
                   const ListingVariant& variant) {
  Order next = sort == Sort::kName ? Order::kAscending : Order::kDescending;
  out.append("<th scope=\"col\"");
  if (sort == variant.sort) {
    const bool ascending = variant.order == Order::kAscending;
    next = ascending ? Order::kDescending : Order::kAscending;
    out.append(ascending ? " aria-sort=\"ascending\"" : " aria-sort=\"descending\"");
  }
  out.append("><a href=\"?");
  append_order(out, sort, next);
  out.append("\">").append(title).append("</a></th>\n");
}

void append_size(std::string& out, const std::optional<std::uint64_t>& bytes) {
  if (!bytes) {
    out.append("<td>\u2013<b></b></td>");
    return;
  }
  const ReadableSize size = readable_size(*bytes);
  out.append("<td><span title=\"").append(counted(*bytes, "byte")).append("\">");
  out.append(size.number).append(" <b>").append(size.unit).append("</b></span></td>");
}

void append_date(std::string& out, const std::optional<std::int64_t>& seconds) {
  if (!seconds) {
    out.append("<td>\u2013</td>");
    return;
  }
  const std::string text = render_timestamp(*seconds);
  out.append("<td><time datetime=\"").append(text).append("\">").append(text, 0, 10);
  out.append(" <i>").append(text, 11, 5).append("</i></time></td>");
}

void append_row(std::string& out, const DirectoryEntry& entry) {
  out.append(entry.is_directory ? "<tr class=\"folder\"><td><a href=\"" : "<tr><td><a href=\"");
  append_link(out, entry.name, entry.is_directory);
  // A span, or the name's pieces would be laid out one by one.
  out.append("\"><span>");
  append_html(out, entry.name);
  out.append(entry.is_directory ? "/</span></a></td>" : "</span></a></td>");
  append_size(out, entry.size);
  append_date(out, entry.modified_seconds);
  out.append("</tr>\n");
}

void append_table(std::string& out, const Entries& entries, bool has_parent,
                  const ListingVariant& variant) {
  out.append("<table>\n<thead><tr>\n");
  append_column(out, Sort::kName, "Name", variant);
  append_column(out, Sort::kSize, "Size", variant);
  append_column(out, Sort::kModified, "Modified (UTC)", variant);
  out.append("</tr></thead>\n<tbody>\n");
  if (has_parent) {
    out.append("<tr class=\"up\"><td colspan=\"3\"><a href=\"../\">Parent folder</a></td></tr>\n");
  }
  for (const DirectoryEntry* entry : entries) append_row(out, *entry);
  if (entries.empty()) {
    out.append("<tr class=\"empty\"><td colspan=\"3\">This folder is empty.</td></tr>\n");
  }
  out.append("</tbody>\n</table>\n");
}

std::string render_html(const DirectoryListing& listing, const ListingPath& where,
                        const ListingVariant& variant, const Entries& entries) {
  const std::vector<std::string_view> folders = folders_below_root(where);
  std::string out(kHead);
  append_html(out, where.path);
  out.append("</title>\n<style>").append(kListingStyle).append("</style>\n</head>\n");
  out.append("<body>\n<main>\n<header>\n");
  if (!folders.empty()) append_breadcrumbs(out, where.root, folders);
  out.append("<h1>");
  append_html(out, folders.empty() ? where.root : folders.back());
  out.append("</h1>\n");
  append_summary(out, entries, variant);
  out.append("</header>\n");
  if (listing.has_more) {
    out.append("<p class=\"note\">This folder holds more than is shown here: only ");
    out.append(grouped(entries.size())).append(" of its entries were read.</p>\n");
  }
  append_table(out, entries, !folders.empty(), variant);
  out.append("</main>\n</body>\n</html>\n");
  return out;
}

// --- JSON

std::string render_json(const Entries& entries) {
  std::string out = "[";
  for (const DirectoryEntry* entry : entries) {
    out.append(out.size() == 1 ? "\n{\"name\":" : ",\n{\"name\":");
    append_json(out, entry->name);
    if (config::find_invalid_utf8(entry->name)) {
      out.append(",\"name_encoded\":\"");
      append_percent_encoded_path(out, entry->name);  // ASCII, without '"' and '\'
      out.push_back('"');
    }
    out.append(",\"type\":\"").append(entry->is_directory ? "directory" : "file");
    out.append("\",\"size\":").append(entry->size ? std::to_string(*entry->size) : "null");
    out.append(",\"modified\":");
    if (entry->modified_seconds) {
      append_json(out, render_timestamp(*entry->modified_seconds));
    } else {
      out.append("null");
    }
    out.push_back('}');
  }
  return out.append(entries.empty() ? "]\n" : "\n]\n");
}

}  // namespace

std::string render_listing(const DirectoryListing& listing, const ListingPath& where,
                           const ListingVariant& variant) {
  INVARIANT(where.root.starts_with('/') && where.root.ends_with('/'));
  INVARIANT(where.path.starts_with(where.root) && where.path.ends_with('/'));
  const Entries entries = order_entries(listing.entries, variant);
  return variant.format == Format::kJson ? render_json(entries)
                                         : render_html(listing, where, variant, entries);
}

ReadableSize readable_size(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 6> kUnits = {"kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1000) return {std::to_string(bytes), "B"};
  std::size_t unit = 0;
  std::uint64_t divisor = 1000;
  // 999,950 would round to "1000.0 kB".
  while (unit + 1 < kUnits.size() && bytes >= divisor * 1000 - divisor / 20) {
    divisor *= 1000;
    ++unit;
  }
  const std::uint64_t tenths = bytes / (divisor / 10);
  const std::uint64_t rounded = tenths + (bytes % (divisor / 10) >= divisor / 20 ? 1 : 0);
  return {std::to_string(rounded / 10) + "." + std::to_string(rounded % 10), kUnits[unit]};
}

std::string render_timestamp(std::int64_t seconds) {
  constexpr std::int64_t kSecondsMin = -62'167'219'200;  // 0000-01-01T00:00:00Z
  const std::chrono::sys_seconds moment{
      std::chrono::seconds(std::clamp(seconds, kSecondsMin, kDateSecondsMax))};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(day);
  const std::int64_t second = (moment - day).count();
  std::string out;
  append_digits(out, static_cast<int>(date.year()), 4);
  out.push_back('-');
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out.push_back('-');
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out.push_back('T');
  append_digits(out, second / 3600, 2);
  out.push_back(':');
  append_digits(out, second / 60 % 60, 2);
  out.push_back(':');
  append_digits(out, second % 60, 2);
  return out.append("Z");
}

}  // namespace server
