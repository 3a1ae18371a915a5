// Goal: the configurations that we show people are right.
// Method: the sample file, and every jsonc block of the README, go through the loader as they
// stand.

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "config/loader.h"

namespace {

const std::string kSourceRoot = OURO_SOURCE_ROOT;

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file.good());
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

std::vector<std::string> jsonc_blocks(const std::string& text) {
  const std::string fence = "```jsonc\n";
  std::vector<std::string> blocks;
  for (std::size_t at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
    at += fence.size();
    blocks.push_back(text.substr(at, text.find("```", at) - at));
  }
  return blocks;
}

void check_loads(const std::string& text, const std::string& name) {
  const auto config = config::load_text(text, name, "/etc/ouro");
  const std::string errors = config ? "" : config::render(config.error());
  CHECK(errors == "");
}

}  // namespace

TEST_CASE("the README's configurations load") {
  const auto blocks = jsonc_blocks(read_file(kSourceRoot + "/README.md"));
  CHECK(!blocks.empty());
  for (const std::string& block : blocks) check_loads(block, "README.md");
}

TEST_CASE("the sample has every key at its default") {
  const std::string text = read_file(kSourceRoot + "/config/sample.jsonc");
  check_loads(text, "sample.jsonc");
  const auto config = config::load_text(text, "sample.jsonc", "/etc/ouro");
  REQUIRE(config);
  const config::Limits defaults;
  CHECK(config->config.limits.header_timeout == defaults.header_timeout);
  CHECK(config->config.limits.body_timeout == defaults.body_timeout);
  CHECK(config->config.limits.body_rate == defaults.body_rate);
  CHECK(config->config.limits.send_timeout == defaults.send_timeout);
  CHECK(config->config.limits.keepalive_timeout == defaults.keepalive_timeout);
  CHECK(config->config.limits.header_size == defaults.header_size);
  CHECK(config->config.limits.header_fields == defaults.header_fields);
  CHECK(config->config.limits.body_size == defaults.body_size);
  CHECK(config->config.limits.connections == defaults.connections);
  CHECK(config->config.limits.connections_per_address == defaults.connections_per_address);
  CHECK(config->config.drain.timeout == config::Drain().timeout);
  CHECK(config->config.engine == config::Config().engine);
  CHECK(config->config.loops == config::Config().loops);
  CHECK(config->config.log.access.kind == config::LogTarget().kind);
  const auto& files = std::get<config::Files>(config->config.sites.back().routes.back().action);
  CHECK(files.index == config::Files().index);
  const config::Route& route = config->config.sites.back().routes.back();
  CHECK(route.path == config::Route().path);
  CHECK(route.methods.empty());
  CHECK(route.filters.headers.size() == 1);
}
