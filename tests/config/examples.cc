#include "tests/config/examples.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "tests/config/sample.h"

namespace config {
namespace {

std::string read_source(const std::string& name) {
  std::ifstream file(std::string(OURO_SOURCE_ROOT) + "/" + name);
  REQUIRE(file.good());
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace

std::vector<Example> examples() {
  std::vector<Example> all = {{"sample.h", std::string(kSample)}};
  for (const char* name : {"config/sample.jsonc", "config/docker/ouro.jsonc"}) {
    all.push_back({name, read_source(name)});
  }
  const std::string fence = "```jsonc\n";
  const std::string readme = read_source("README.md");
  for (std::size_t at = readme.find(fence); at != std::string::npos; at = readme.find(fence, at)) {
    at += fence.size();
    all.push_back({"README.md", readme.substr(at, readme.find("```", at) - at)});
  }
  return all;
}

unsigned random_seed() {
  const char* given = std::getenv("OURO_TEST_SEED");  // NOLINT(concurrency-mt-unsafe)
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                                         : std::random_device{}();
  MESSAGE("seed " << seed);
  return seed;
}

}  // namespace config
