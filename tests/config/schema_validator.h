// SchemaValidator: a JSON Schema against documents, for the keywords that our schema has and no
// others. One thread.
#pragma once

#include <map>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"

namespace config {

class SchemaValidator {
 public:
  // A text that is no JSON fails the test.
  explicit SchemaValidator(std::string_view schema);

  // Every keyword that is not known here, wherever it stands: its meaning would be passed over.
  [[nodiscard]] std::vector<std::string> unknown_keywords() const;

  // Why the schema refuses the document, which still has its variables; empty: it accepts it. Keys
  // do not come twice in an object.
  [[nodiscard]] std::string refusal(const Node& document) const;
  // The same by one of its $defs.
  [[nodiscard]] std::string refusal_by(std::string_view definition, const Node& document) const;

 private:
  [[nodiscard]] std::string check(const Node& schema, const Node& value) const;
  [[nodiscard]] std::string check_keyword(const Node& schema, const Member& keyword,
                                          const Node& value) const;
  [[nodiscard]] std::string check_object(const Node& schema, const Member& keyword,
                                         const Node& value) const;
  [[nodiscard]] std::string check_items(const Member& keyword, const Node& value) const;
  [[nodiscard]] std::size_t matches(const Node& schemas, const Node& value,
                                    std::string& reasons) const;
  [[nodiscard]] bool has_pattern(const std::string& pattern, const std::string& text) const;
  [[nodiscard]] const Node& definition(std::string_view name) const;

  Node schema_;
  mutable std::map<std::string, std::regex> patterns_;
};

}  // namespace config
