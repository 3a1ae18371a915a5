#include "tests/server/app/provocation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "tests/server/app/test_client.h"

namespace test {
namespace {

constexpr std::size_t kLargeBytes = 20'000'000;

bool has_moved(const Samples& samples, const std::string& series) {
  const auto sample = samples.find(series);
  return sample != samples.end() && sample->second > 0;
}

}  // namespace

Samples read_samples(const std::string& metrics) {
  Samples samples;
  std::istringstream lines(metrics);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t space = line.rfind(' ');
    if (line.starts_with('#') || space == std::string::npos) continue;
    samples[line.substr(0, space)] = std::stod(line.substr(space + 1));
  }
  return samples;
}

Samples scrape(std::uint16_t admin_port) {
  const auto answer = get(admin_port, "/metrics");
  REQUIRE(answer);
  REQUIRE(answer->status == 200);
  return read_samples(answer->body);
}

Samples scrape_until_moved(const LiveServer& server, const std::vector<std::string>& series,
                           const std::function<void()>& provoke) {
  Samples samples;
  static_cast<void>(LiveServer::eventually([&] {
    provoke();
    samples = scrape(server.admin_port());
    return std::all_of(series.begin(), series.end(),
                       [&](const std::string& one) { return has_moved(samples, one); });
  }));
  for (const std::string& one : series) {
    CAPTURE(one);
    CHECK(has_moved(samples, one));
  }
  return samples;
}

ProvokedServer::ProvokedServer(LiveOptions options, config::Config config) {
  root_.write("small", "hello\n");
  root_.write("large", std::string(kLargeBytes, 'l'));
  config.limits = options.limits;
  options.admin = true;
  config.sites.push_back(folder_site(root_.path()));
  live_ = std::make_unique<LiveServer>(std::move(config), options);
}

}  // namespace test
