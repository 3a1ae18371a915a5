#include "server/http/accept_encoding.h"

#include <algorithm>

#include "server/http/characters.h"
#include "server/http/field.h"

namespace server {
namespace {

// Thousandths, as RFC 9110 12.4.2 counts them.
constexpr int kWeightMax = 1000;
// Behind every weight that can be written, yet acceptable.
constexpr int kUnnamedIdentity = 0;
constexpr int kNotAcceptable = -1;

struct Element {
  std::string_view coding;
  int weight = kWeightMax;
};

// RFC 9110 12.4.2: ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )
std::optional<int> parse_weight(std::string_view text) {
  constexpr std::size_t kSizeMax = 5;
  if (text.empty() || text.size() > kSizeMax || (text[0] != '0' && text[0] != '1')) {
    return std::nullopt;
  }
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int weight = text[0] == '1' ? kWeightMax : 0;
  int unit = kWeightMax / 10;
  for (const char digit : text.substr(std::min<std::size_t>(text.size(), 2))) {
    if (!is_digit(digit)) return std::nullopt;
    weight += (digit - '0') * unit;
    unit /= 10;
  }
  if (weight > kWeightMax) return std::nullopt;
  return weight;
}

std::string_view trim_white_space(std::string_view text) {
  while (!text.empty() && is_white_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white_space(text.back())) text.remove_suffix(1);
  return text;
}

// RFC 9110 12.5.3: codings [ weight ], and 12.4.2: weight = OWS ";" OWS "q=" qvalue
std::optional<Element> parse_element(std::string_view text) {
  const std::size_t semicolon = std::min(text.find(';'), text.size());
  Element element{trim_white_space(text.substr(0, semicolon))};
  if (!is_token(element.coding)) {
    return std::nullopt;
  }
  if (semicolon == text.size()) return element;
  const std::string_view parameter = trim_white_space(text.substr(semicolon + 1));
  if (!equal_ignoring_case(parameter.substr(0, 2), "q=")) return std::nullopt;
  const std::optional<int> weight = parse_weight(parameter.substr(2));
  if (!weight) return std::nullopt;
  element.weight = *weight;
  return element;
}

// RFC 9110 8.4.1.1 and 8.4.1.3: the older names mean the same.
bool names_coding(std::string_view name, std::string_view coding) {
  if (equal_ignoring_case(name, coding)) return true;
  return (coding == "gzip" && equal_ignoring_case(name, "x-gzip")) ||
         (coding == "compress" && equal_ignoring_case(name, "x-compress"));
}

// Of one coding; the first element that names it counts, else "*".
int weight_of(std::string_view coding, std::string_view field) {
  std::optional<int> any;
  while (!field.empty()) {
    const std::optional<Element> element = parse_element(take_list_element(field));
    if (!element) continue;
    const int weight = element->weight > 0 ? element->weight : kNotAcceptable;
    if (names_coding(element->coding, coding)) return weight;
    if (element->coding == "*" && !any) any = weight;
  }
  return any.value_or(coding == kIdentityCoding ? kUnnamedIdentity : kNotAcceptable);
}

}  // namespace

std::optional<std::string_view> choose_coding(std::optional<std::string_view> field,
                                              std::span<const std::string_view> available) {
  if (!field) {
    const auto identity = std::ranges::find(available, kIdentityCoding);
    if (identity != available.end()) return *identity;
    field = "*";
  }
  std::optional<std::string_view> best;
  int best_weight = kNotAcceptable;
  for (const std::string_view coding : available) {
    const int weight = weight_of(coding, *field);
    if (weight <= best_weight) continue;
    best = coding;
    best_weight = weight;
  }
  return best;
}

}  // namespace server
