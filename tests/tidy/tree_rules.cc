// The rules that need the whole tree, and the list of all rules.
#include <array>
#include <string>
#include <string_view>

#include "tests/tidy/rules.h"

namespace tidy {
namespace {

struct Untested {
  std::string_view path;
  std::string_view reason;
};

// Sources without a test of their own, each with the reason.
constexpr std::array kUntested{
    Untested{"server/app/main.cc", "only hands argv to what is tested"},
};

bool is_excused(std::string_view path) {
  for (const auto& source : kUntested) {
    if (source.path == path) return true;
  }
  return false;
}

bool needs_test(std::string_view path) {
  const bool ours = is_inside(path, "core") || is_inside(path, "config") ||
                    is_inside(path, "server") || is_inside(path, "prove");
  return ours && is_source(path);
}

// core/base/result.cc -> tests/core/base/result_test.cc
std::string test_of(std::string_view source) {
  constexpr std::string_view kEnding = ".cc";
  source.remove_suffix(kEnding.size());
  return "tests/" + std::string(source) + "_test.cc";
}

std::string_view name_of(std::string_view path) { return path.substr(folder_of(path).size() + 1); }

// The CMakeLists.txt that must name a source: in its folder, else in the nearest one above.
const SourceFile* cmake_list_of(const SourceTree& tree, std::string_view path) {
  for (auto folder = folder_of(path); !folder.empty(); folder = folder_of(folder)) {
    if (const auto* list = find_file(tree, std::string(folder) + "/CMakeLists.txt")) return list;
  }
  return nullptr;
}

// result_test.cc may be written so, or come from a loop over names: ${name}_test.cc.
bool names_source(std::string_view list, std::string_view name) {
  name.remove_suffix(std::string_view(".cc").size());
  if (has_word(list, name)) return true;
  constexpr std::string_view kEnding = "_test";
  return name.ends_with(kEnding) && has_word(list, name.substr(0, name.size() - kEnding.size()));
}

}  // namespace

std::string to_string(const Finding& finding) {
  return finding.path + ":" + std::to_string(finding.line) + ": " + finding.message;
}

Findings check_sources_have_tests(const SourceTree& tree) {
  Findings findings;
  for (const auto& file : tree) {
    if (!needs_test(file.path)) continue;
    const auto test = test_of(file.path);
    const bool tested = find_file(tree, test) != nullptr;
    if (tested && is_excused(file.path)) {
      findings.push_back({file.path, 1, "has a test now: strike it off the list in tree_rules.cc"});
    }
    if (tested || is_excused(file.path)) continue;
    findings.push_back({file.path, 1,
                        "no test mirrors it: write " + test +
                            ", or name it with a reason in tests/tidy/tree_rules.cc"});
  }
  return findings;
}

Findings check_sources_are_built(const SourceTree& tree) {
  Findings findings;
  for (const auto& file : tree) {
    if (!is_source(file.path)) continue;
    const auto* list = cmake_list_of(tree, file.path);
    if (list != nullptr && names_source(list->text, name_of(file.path))) continue;
    const auto where = list == nullptr ? std::string("CMakeLists.txt") : list->path;
    findings.push_back({file.path, 1, "never built, never run: name it in " + where});
  }
  return findings;
}

Findings check_all(const SourceTree& tree) {
  Findings all;
  const auto add = [&all](const Findings& findings) {
    all.insert(all.end(), findings.begin(), findings.end());
  };
  for (const auto& file : tree) {
    for (const auto rule : {check_include_direction, check_third_party_headers, check_links,
                            check_name, check_header_shape, check_length, check_columns,
                            check_marks, check_test_shape, check_no_sleep_in_tests}) {
      add(rule(file));
    }
  }
  add(check_sources_have_tests(tree));
  add(check_sources_are_built(tree));
  return all;
}

}  // namespace tidy
