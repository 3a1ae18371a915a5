// The rule about CMake: a folder's library links only what the folder may include.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/layers.h"
#include "tests/tidy/rules.h"

namespace tidy {
namespace {

struct Command {
  std::size_t line;  // counted from 1
  std::string_view name;
  std::vector<std::string_view> arguments;
};

constexpr std::string_view kSpaces = " \t\r\n";

// Comments become spaces, so that positions stay what they were.
std::string without_comments(std::string_view text) {
  std::string code(text);
  bool in_comment = false;
  for (auto& c : code) {
    if (c == '\n') in_comment = false;
    if (c == '#') in_comment = true;
    if (in_comment) c = ' ';
  }
  return code;
}

// Every call of `name` in `code`; the arguments point into `code`.
std::vector<Command> commands_of(std::string_view code, std::string_view name) {
  std::vector<Command> commands;
  for (auto at = code.find(name); at != std::string_view::npos; at = code.find(name, at + 1)) {
    const auto open = code.find_first_not_of(kSpaces, at + name.size());
    const bool begins = at == 0 || kSpaces.find(code[at - 1]) != std::string_view::npos;
    if (!begins || open == std::string_view::npos || code[open] != '(') continue;
    const auto body = code.substr(open + 1, code.find(')', open) - open - 1);
    const auto line = lines_of(code.substr(0, at + 1)).size();
    commands.push_back({line, name, split(body, kSpaces)});
  }
  return commands;
}

std::optional<std::string> complain_about_link(const Layer& layer, std::string_view target) {
  if (const auto* linked = layer_by_target(target)) {
    if (may_link(layer, *linked)) return std::nullopt;
    return std::string(layer.folder) + " links " + std::string(target) + ": " + describe(layer);
  }
  for (const auto& library : libraries()) {
    if (!target.starts_with(library.target) || may_link(layer, library)) continue;
    return std::string(layer.folder) + " links " + std::string(target) +
           ": use its one adapter instead, " + std::string(library.adapter);
  }
  return std::nullopt;
}

// ouro_library(core_io SOURCES ... LINK core_base ...) names our libraries without "ouro_".
std::vector<std::string> links_of_library(const Command& command) {
  std::vector<std::string> links;
  std::string_view keyword;
  for (const auto argument : command.arguments) {
    if (argument == "SOURCES" || argument == "LINK" || argument == "LINK_PRIVATE") {
      keyword = argument;
    } else if (keyword == "LINK") {
      links.push_back("ouro_" + std::string(argument));
    } else if (keyword == "LINK_PRIVATE") {
      links.emplace_back(argument);
    }
  }
  return links;
}

// target_link_libraries(target PUBLIC a PRIVATE b): the keywords are nobody's target.
std::vector<std::string> links_of_target(const Command& command) {
  if (command.arguments.empty()) return {};
  return {command.arguments.begin() + 1, command.arguments.end()};
}

void complain_about_links(const SourceFile& file, const Layer& layer, std::size_t line,
                          const std::vector<std::string>& links, Findings& findings) {
  for (const auto& link : links) {
    if (auto message = complain_about_link(layer, link)) {
      findings.push_back({file.path, line, *message});
    }
  }
}

}  // namespace

Findings check_links(const SourceFile& file) {
  Findings findings;
  const auto* layer = layer_of(file.path);
  if (!is_cmake_list(file.path) || layer == nullptr) return findings;
  const auto code = without_comments(file.text);
  for (const auto& command : commands_of(code, "ouro_library")) {
    complain_about_links(file, *layer, command.line, links_of_library(command), findings);
    const auto name = command.arguments.empty() ? "" : command.arguments[0];
    const auto expected = target_of(*layer);
    if ("ouro_" + std::string(name) != expected) {
      findings.push_back({file.path, command.line,
                          "library " + std::string(name) + ": one library per folder, here " +
                              expected.substr(5)});
    }
  }
  for (const auto& command : commands_of(code, "target_link_libraries")) {
    complain_about_links(file, *layer, command.line, links_of_target(command), findings);
  }
  return findings;
}

}  // namespace tidy
