// Goal: whatever a file is called, the page stays the page we wrote, and its link leads to that
// file; JSON says the same. Method: a strict reader of our HTML, which knows no more than the tags
// we use, and names meant to break out.
#include "server/handlers/listing_page.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/utf8.h"
#include "server/http/characters.h"

using server::DirectoryEntry;
using server::DirectoryListing;
using server::ListingVariant;
using server::render_listing;

namespace {

using Sort = ListingVariant::Sort;
using Order = ListingVariant::Order;
using Format = ListingVariant::Format;
constexpr ListingVariant kJson{Sort::kName, Order::kAscending, Format::kJson};

const std::vector<std::string> kHostileNames{"plain.txt",
                                             "<script>alert(1)<script>",
                                             "\"onmouseover=\"alert(1)",
                                             "'",
                                             "a&lt;b",
                                             "&amp;",
                                             "a b",
                                             "#top",
                                             "?sort=size",
                                             "100%",
                                             "%2e%2e",
                                             "javascript:alert(1)",
                                             "a:b",
                                             "new\nline\r\t",
                                             "\xF0\x9F\x9A\x80.md",
                                             "caf\xE9",
                                             "\xFF<\xC3\"",
                                             "\xED\xA0\x80",
                                             "\u202Efdp.exe",
                                             "back\\slash",
                                             "<!--",
                                             "-->",
                                             "]]>",
                                             "\x7F\x01",
                                             "\xC2\x85",
                                             "...",
                                             "..x"};

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string decode_entities(std::string text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kEntities{
      {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}}};
  for (const auto& [entity, character] : kEntities) text = replace_all(text, entity, character);
  const std::string bare = replace_all(text, "&amp;", "");
  CHECK(bare.find('&') == std::string::npos);
  return replace_all(text, "&amp;", "&");
}

std::string decode_percent(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      bytes.push_back(text[i]);
      continue;
    }
    REQUIRE(i + 2 < text.size());
    bytes.push_back(
        static_cast<char>(server::hex_value(text[i + 1]) * 16 + server::hex_value(text[i + 2])));
    i += 2;
  }
  return bytes;
}

struct Link {
  std::string href;
  std::string text;
};

struct Page {
  std::string style;
  std::vector<Link> links;
  std::vector<std::string> tags;  // as written, without < and >
  std::string text;               // all of it, tags left out

  [[nodiscard]] bool has_tag(std::string_view tag) const {
    return std::ranges::find(tags, tag) != tags.end();
  }
};

// Each attribute is name="value"; a value has neither quotes nor angle brackets.
void check_attributes(std::string_view rest) {
  while (!rest.empty()) {
    CAPTURE(rest);
    REQUIRE(rest.front() == ' ');
    const std::size_t open = rest.find("=\"");
    REQUIRE(open != std::string_view::npos);
    const std::string_view name = rest.substr(1, open - 1);
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
    CHECK_FALSE(name.starts_with("on"));
    CHECK(name != "src");
    const std::size_t close = rest.find('"', open + 2);
    REQUIRE(close != std::string_view::npos);
    rest.remove_prefix(close + 1);
  }
}

std::string attribute(std::string_view tag, std::string_view name) {
  const std::string opening = " " + std::string(name) + "=\"";
  const std::size_t at = tag.find(opening);
  if (at == std::string_view::npos) return "";
  const std::size_t begin = at + opening.size();
  return decode_entities(std::string(tag.substr(begin, tag.find('"', begin) - begin)));
}

Page read_page(std::string html) {
  Page page;
  const std::size_t style = html.find("<style>") + 7;
  const std::size_t style_end = html.find("</style>");
  REQUIRE(style_end != std::string::npos);
  page.style = html.substr(style, style_end - style);
  html.erase(style, style_end - style);
  CHECK_FALSE(config::find_invalid_utf8(html).has_value());
  constexpr std::string_view kTags =
      " !DOCTYPE html head meta link title style body main header nav ol li a h1 p table thead "
      "tbody tr th td span b i time ";
  std::size_t text_begin = 0;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const std::string text = html.substr(text_begin, at - text_begin);
    CHECK(text.find('>') == std::string::npos);
    page.text += text;
    const std::size_t end = html.find('>', at);
    REQUIRE(end != std::string::npos);
    const std::string tag = html.substr(at + 1, end - at - 1);
    REQUIRE(tag.find('<') == std::string::npos);
    const std::size_t name_begin = tag.starts_with('/') ? 1 : 0;
    const std::string name = tag.substr(name_begin, tag.find(' ') - name_begin);
    CAPTURE(tag);
    CHECK(kTags.find(" " + name + " ") != std::string_view::npos);
    if (name != "!DOCTYPE")
      check_attributes(std::string_view(tag).substr(name_begin + name.size()));
    page.tags.push_back(tag);
    text_begin = end + 1;
    if (name != "a" || name_begin == 1) continue;
    const std::string content = html.substr(end + 1, html.find("</a>", end) - end - 1);
    page.links.push_back(
        {attribute(tag, "href"),
         decode_entities(replace_all(replace_all(content, "<span>", ""), "</span>", ""))});
  }
  return page;
}

Page page_of(const DirectoryListing& listing, const server::ListingPath& where = {"/"},
             const ListingVariant& variant = {}) {
  return read_page(render_listing(listing, where, variant));
}

bool links_to(const Page& page, std::string_view href, std::string_view text) {
  return std::ranges::any_of(
      page.links, [&](const Link& link) { return link.href == href && link.text == text; });
}

DirectoryListing one_file(const std::string& name) { return {{{name, false, 1, 0}}, false}; }

std::string json_of(const std::vector<DirectoryEntry>& entries) {
  return render_listing({entries, false}, {"/"}, kJson);
}

}  // namespace

TEST_CASE("a hostile name is text, and its link leads to its bytes") {
  for (const std::string& name : kHostileNames) {
    CAPTURE(name);
    for (const bool is_directory : {false, true}) {
      const Page page = page_of({{{name, is_directory, 1, 0}}, false});
      REQUIRE(page.links.size() == 5);  // JSON, the three columns, the entry
      const Link& link = page.links.back();
      CHECK(link.href.starts_with("./"));
      CHECK(link.href.find_first_of("\\#?\"<> \n") == std::string::npos);
      CHECK(decode_percent(link.href) == "./" + name + (is_directory ? "/" : ""));
    }
  }
}

TEST_CASE("names as they are shown") {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kRows{{
      {"a&lt;b", "a&lt;b"},
      {"<b>\"'", "<b>\"'"},
      {"caf\xC3\xA9", "caf\xC3\xA9"},
      {"caf\xE9", "caf\xEF\xBF\xBD"},
      {"\xE2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"a\nb\x1F",
       "a\xE2\x90\x8A"
       "b\xE2\x90\x9F"},
      {"\x7F", "\xEF\xBF\xBD"},
      {"\u202Efdp.exe",
       "\xEF\xBF\xBD"
       "fdp.exe"},
      {"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80",
       "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80"},
  }};
  for (const auto& row : kRows) {
    CAPTURE(row.first);
    CHECK(page_of(one_file(std::string(row.first))).links.back().text == row.second);
  }
}

TEST_CASE("the page loads nothing and runs nothing") {
  const std::string html = render_listing(one_file("x"), {"/"}, {});
  CHECK(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">\n"));
  const Page page = read_page(html);
  CHECK(page.has_tag("meta charset=\"utf-8\""));
  CHECK(page.has_tag("meta name=\"viewport\" content=\"width=device-width, initial-scale=1\""));
  CHECK(page.style.find("@import") == std::string::npos);
  CHECK(page.style.find('<') == std::string::npos);
  CHECK(page.style.find("prefers-color-scheme: dark") != std::string::npos);
  // Every address in it is a data URL, and no string is cut by the end of its line.
  std::string_view rest = page.style;
  for (std::size_t at = 0; (at = rest.find("url(")) != std::string_view::npos;) {
    rest.remove_prefix(at + 4);
    CHECK(rest.starts_with("\"data:image/svg+xml,"));
  }
  std::size_t lines_begin = 0;
  for (std::size_t end = 0; (end = page.style.find('\n', lines_begin)) != std::string::npos;) {
    const std::string line = page.style.substr(lines_begin, end - lines_begin);
    CAPTURE(line);
    if (line.find("svg") != std::string::npos && !line.ends_with(";")) CHECK(line.ends_with("\\"));
    lines_begin = end + 1;
  }
}

TEST_CASE("the path is a row of links, relative to the page") {
  const Page page = page_of({}, {"/files/a b/c&d/", "/files/"});
  CHECK(links_to(page, "../../", "/files/"));
  CHECK(links_to(page, "../", "a b"));
  CHECK(links_to(page, "../", "Parent folder"));
  CHECK(page.has_tag("li aria-current=\"page\""));
  CHECK(page.text.find("/files/a b/c&amp;d/") != std::string::npos);  // the title
  CHECK(page.text.find("This folder is empty.") != std::string::npos);
}

TEST_CASE("at the root nothing leads up") {
  for (const std::string_view root : {"/", "/files/"}) {
    const Page page = page_of({}, {root, root});
    CHECK_FALSE(page.has_tag("nav aria-label=\"Path\""));
    for (const Link& link : page.links) CHECK(link.href.find("..") == std::string::npos);
  }
}

TEST_CASE("a hostile path is text as well") {
  const Page page = page_of({}, {"/<script>/\"x'/&amp;/"});
  CHECK(links_to(page, "../../../", "/"));
  CHECK(links_to(page, "../../", "<script>"));
  CHECK(links_to(page, "../", "\"x'"));
}

TEST_CASE("the column heads sort, and turn the order around") {
  struct Row {
    ListingVariant variant;
    std::string_view name, size, modified, sorted;
  };
  const std::vector<Row> rows{
      {{}, "desc", "desc", "desc", "ascending"},
      {{Sort::kName, Order::kDescending, {}}, "asc", "desc", "desc", "descending"},
      {{Sort::kSize, Order::kDescending, {}}, "asc", "asc", "desc", "descending"},
      {{Sort::kModified, Order::kAscending, {}}, "asc", "desc", "desc", "ascending"},
  };
  for (const Row& row : rows) {
    const Page page = page_of({}, {"/"}, row.variant);
    CHECK(links_to(page, "?sort=name&order=" + std::string(row.name), "Name"));
    CHECK(links_to(page, "?sort=size&order=" + std::string(row.size), "Size"));
    CHECK(links_to(page, "?sort=modified&order=" + std::string(row.modified), "Modified (UTC)"));
    const std::string head = "th scope=\"col\" aria-sort=\"" + std::string(row.sorted) + "\"";
    CHECK(std::ranges::count(page.tags, head) == 1);
    CHECK(std::ranges::count(page.tags, "th scope=\"col\"") == 2);
  }
}

TEST_CASE("sizes, dates and sums") {
  const DirectoryListing listing{{{"a", false, 1'234'567, 1'764'139'271},
                                  {"b", false, 1, {}},
                                  {"c", false, {}, -1},
                                  {"d", true, {}, 0}},
                                 false};
  const Page page = page_of(listing);
  CHECK(page.text.find("1 folder, 3 files, 1.2 MB") != std::string::npos);
  CHECK(page.has_tag("span title=\"1,234,568 bytes\""));
  CHECK(page.has_tag("span title=\"1,234,567 bytes\""));
  CHECK(page.has_tag("span title=\"1 byte\""));
  CHECK(page.has_tag("time datetime=\"2025-11-26T06:41:11Z\""));
  CHECK(page.text.find("2025-11-26 06:41") != std::string::npos);
  CHECK(page.has_tag("time datetime=\"1969-12-31T23:59:59Z\""));
  CHECK(page.text.find("holds more") == std::string::npos);
}

TEST_CASE("10,000 entries, and word of more") {
  DirectoryListing listing;
  for (int i = 0; i < 10'000; ++i)
    listing.entries.push_back({"f" + std::to_string(i), false, 1, 0});
  listing.has_more = true;
  const std::string html = render_listing(listing, {"/"}, {});
  CHECK(html.find("only 10,000 of its entries") != std::string::npos);
  CHECK(html.find("0 folders, 10,000 files, <") != std::string::npos);
  CHECK(html.find(">10.0 kB<") != std::string::npos);
  CHECK(html.find(">f999<") < html.find(">f1000<"));
  CHECK(html.find(">f9999<") != std::string::npos);
}

TEST_CASE("JSON says the same in the same order") {
  CHECK(json_of({}) == "[]\n");
  CHECK(json_of({{"b", false, 12, 0}, {"a", false, {}, {}}, {"z", true, {}, 1'764'139'271}}) ==
        "[\n"
        R"({"name":"z","type":"directory","size":null,"modified":"2025-11-26T06:41:11Z"},)"
        "\n"
        R"({"name":"a","type":"file","size":null,"modified":null},)"
        "\n"
        R"({"name":"b","type":"file","size":12,"modified":"1970-01-01T00:00:00Z"})"
        "\n]\n");
}

TEST_CASE("names in JSON") {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kRows{{
      {"\"\\</script>", R"("name":"\"\\</script>","type")"},
      {"a\n\x1F\x7F", "\"name\":\"a\\u000a\\u001f\x7F\",\"type\""},
      {"\xF0\x9F\x9A\x80", "\"name\":\"\xF0\x9F\x9A\x80\",\"type\""},
      {"caf\xE9 \"",
       "\"name\":\"caf\xEF\xBF\xBD \\\"\",\"name_encoded\":\"caf%E9%20%22\",\"type\""},
      {"\xFF\\", "\"name\":\"\xEF\xBF\xBD\\\\\",\"name_encoded\":\"%FF%5C\",\"type\""},
  }};
  for (const auto& row : kRows) {
    CAPTURE(row.first);
    const std::string json = json_of({{std::string(row.first), false, 1, 0}});
    CHECK(json.find(row.second) != std::string::npos);
    CHECK_FALSE(config::find_invalid_utf8(json).has_value());
  }
}

TEST_CASE("readable sizes") {
  constexpr std::array<std::pair<std::uint64_t, std::string_view>, 14> kRows{{
      {0, "0 B"},
      {999, "999 B"},
      {1000, "1.0 kB"},
      {1049, "1.0 kB"},
      {1050, "1.1 kB"},
      {999'949, "999.9 kB"},
      {999'950, "1.0 MB"},
      {1'500'000, "1.5 MB"},
      {999'949'999, "999.9 MB"},
      {999'950'000, "1.0 GB"},
      {4'700'372'992, "4.7 GB"},
      {1'000'000'000'000, "1.0 TB"},
      {1'000'000'000'000'000, "1.0 PB"},
      {std::numeric_limits<std::uint64_t>::max(), "18.4 EB"},
  }};
  for (const auto& [bytes, expected] : kRows) {
    const server::ReadableSize size = server::readable_size(bytes);
    CHECK(size.number + " " + std::string(size.unit) == expected);
  }
}

TEST_CASE("timestamps") {
  CHECK(server::render_timestamp(0) == "1970-01-01T00:00:00Z");
  CHECK(server::render_timestamp(951'827'696) == "2000-02-29T12:34:56Z");
  CHECK(server::render_timestamp(-62'135'596'801) == "0000-12-31T23:59:59Z");
  CHECK(server::render_timestamp(std::numeric_limits<std::int64_t>::min()) ==
        "0000-01-01T00:00:00Z");
  CHECK(server::render_timestamp(std::numeric_limits<std::int64_t>::max()) ==
        "9999-12-31T23:59:59Z");
}
