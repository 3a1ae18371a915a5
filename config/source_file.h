// SourceFile: one file of a configuration, as text and as a tree with its variables replaced. Made
// once, then immutable. One thread while it is made.
#pragma once

#include <string>

#include "config/document.h"
#include "config/source_text.h"

namespace config {

struct SourceFile {
  SourceFile(std::string content, const std::string& name, std::string directory)
      : text(std::move(content)), source(text, name), base_directory(std::move(directory)) {}
  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;
  ~SourceFile() = default;

  const std::string text;
  const SourceText source;           // of the text
  const std::string base_directory;  // absolute: relative paths start there
  Node root;
};

}  // namespace config
