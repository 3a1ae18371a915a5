// Goal: what a client may ask of a listing is understood, anything else is the default; entries
// stand in an order that people expect. Method: tables; all pairs and triples of names.
#include "server/handlers/listing_variant.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using server::compare_naturally;
using server::DirectoryEntry;
using server::ListingVariant;
using server::parse_listing_variant;

namespace {

using Sort = ListingVariant::Sort;
using Order = ListingVariant::Order;
using Format = ListingVariant::Format;

std::string ordered(const std::vector<DirectoryEntry>& entries, Sort sort, Order order) {
  std::string names;
  for (const DirectoryEntry* entry : server::order_entries(entries, {sort, order, Format::kHtml})) {
    names.append(entry->name).append(" ");
  }
  return names;
}

int sign(int value) { return (value > 0) - (value < 0); }

}  // namespace

TEST_CASE("the query chooses order and format") {
  struct Row {
    std::string_view query;
    ListingVariant expected;
  };
  const std::vector<Row> rows{
      {"", {}},
      {"sort=name&order=asc&format=html", {}},
      {"sort=size", {Sort::kSize, Order::kAscending, Format::kHtml}},
      {"sort=modified&order=desc", {Sort::kModified, Order::kDescending, Format::kHtml}},
      {"order=desc", {Sort::kName, Order::kDescending, Format::kHtml}},
      {"format=json&sort=size", {Sort::kSize, Order::kAscending, Format::kJson}},
      {"sort=colour&order=up&format=xml", {}},
      {"sort=Size", {}},
      {"sort=", {}},
      {"sort", {}},
      {"=size", {}},
      {"xsort=size", {}},
      {"sort=size=size", {}},
      {"&&sort=size&&", {Sort::kSize, Order::kAscending, Format::kHtml}},
      {"sort=odd&sort=size&sort=modified", {Sort::kSize, Order::kAscending, Format::kHtml}},
      {"q=a%26sort=size", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.query);
    CHECK(parse_listing_variant(row.query, "") == row.expected);
  }
}

TEST_CASE("Accept chooses the format") {
  struct Row {
    std::string_view accept;
    Format expected;
  };
  const std::vector<Row> rows{
      {"", Format::kHtml},
      {"*/*", Format::kHtml},
      {"application/json", Format::kJson},
      {"Application/JSON", Format::kJson},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Format::kHtml},
      {"application/json, text/plain, */*", Format::kJson},
      {"application/json, text/html", Format::kHtml},
      {"text/html;q=0.9, application/json", Format::kJson},
      {"text/html, application/json;q=0.9", Format::kHtml},
      {"application/json;q=0.1, text/html;q=0.05", Format::kJson},
      {"text/*;q=0.5, application/*;q=0.6", Format::kJson},
      {"text/*, application/*", Format::kHtml},
      {"application/json;q=0", Format::kHtml},
      {"application/json;q=0, */*", Format::kHtml},
      {"text/html;q=0, */*;q=0.1", Format::kJson},
      {"text/html;q=0, application/json;q=0", Format::kHtml},
      {"application/json ; charset=utf-8 ; Q=0.3 , text/html;q=0.2", Format::kJson},
      {"application/json;q=x, text/html;q=0.9", Format::kJson},
      {"application/json;q=1.5,text/html;q=0.9", Format::kJson},
      {"application/json;q=0.0001, text/html;q=0.9", Format::kJson},  // no weight: counts as 1
      {"application/jsonp", Format::kHtml},
      {",,;q=1,", Format::kHtml},
  };
  for (const Row& row : rows) {
    CAPTURE(row.accept);
    CHECK(parse_listing_variant("", row.accept).format == row.expected);
    CHECK(parse_listing_variant("format=html", row.accept).format == Format::kHtml);
    CHECK(parse_listing_variant("format=json", row.accept).format == Format::kJson);
    CHECK(parse_listing_variant("format=odd", row.accept).format == row.expected);
  }
}

TEST_CASE("each format has its type") {
  CHECK(server::media_type_of(Format::kHtml) == "text/html; charset=utf-8");
  CHECK(server::media_type_of(Format::kJson) == "application/json");
}

TEST_CASE("names in natural order") {
  const std::vector<std::string> names{"",
                                       " 1",
                                       "0",
                                       "00",
                                       "1",
                                       "01",
                                       "001",
                                       "1a",
                                       "01a",
                                       "1a1",
                                       "01a1",
                                       "1a01",
                                       "01a01",
                                       "1a2",
                                       "2",
                                       "9",
                                       "10",
                                       "18446744073709551616",
                                       "99999999999999999999999",
                                       "A",
                                       "a",
                                       "file",
                                       "file-1",
                                       "file1",
                                       "file2",
                                       "file02",
                                       "file2b",
                                       "file10",
                                       "file10.2",
                                       "file10.10",
                                       "fileA",
                                       "\x7F",
                                       "\xC3\xA9",
                                       "\xFF"};
  for (std::size_t left = 0; left < names.size(); ++left) {
    for (std::size_t right = 0; right < names.size(); ++right) {
      CAPTURE(names[left]);
      CAPTURE(names[right]);
      CHECK(sign(compare_naturally(names[left], names[right])) == (left > right) - (left < right));
    }
  }
}

TEST_CASE("directories first, equals by name, what is unknown is least") {
  const std::vector<DirectoryEntry> entries{
      {"b10", false, 5, 300},    {"b2", false, 5, 100}, {"z", true, {}, 200}, {"a", false, 9, 200},
      {"locked", false, {}, {}}, {"y", true, {}, 900},  {"c", false, 0, -7}};
  CHECK(ordered(entries, Sort::kName, Order::kAscending) == "y z a b2 b10 c locked ");
  CHECK(ordered(entries, Sort::kName, Order::kDescending) == "z y locked c b10 b2 a ");
  CHECK(ordered(entries, Sort::kSize, Order::kAscending) == "y z locked c b2 b10 a ");
  CHECK(ordered(entries, Sort::kSize, Order::kDescending) == "y z a b2 b10 c locked ");
  CHECK(ordered(entries, Sort::kModified, Order::kAscending) == "z y locked c b2 a b10 ");
  CHECK(ordered(entries, Sort::kModified, Order::kDescending) == "y z b10 a b2 c locked ");
}

TEST_CASE("equal entries keep their order") {
  const std::vector<DirectoryEntry> entries{{"same", false, 1, 1}, {"same", false, 1, 1}};
  for (const Order order : {Order::kAscending, Order::kDescending}) {
    const auto pointers = server::order_entries(entries, {Sort::kName, order, Format::kHtml});
    CHECK(pointers[0] == entries.data());
    CHECK(pointers[1] == &entries[1]);
  }
}
