// The report as JSON: the adapter of the JSON library.

#include <nlohmann/json.hpp>

#include "loadtest/report.h"

namespace loadtest {
namespace {

using Json = nlohmann::ordered_json;

double microseconds(std::chrono::nanoseconds duration) {
  return static_cast<double>(duration.count()) / 1e3;
}

Json latency_json(const Histogram& latency) {
  return {{"p50", microseconds(latency.quantile(0.5))},
          {"p90", microseconds(latency.quantile(0.9))},
          {"p99", microseconds(latency.quantile(0.99))},
          {"p99.9", microseconds(latency.quantile(0.999))},
          {"max", microseconds(latency.max())},
          {"mean", microseconds(latency.mean())}};
}

Json tls_json(const TlsTally& tls) {
  Json failures = Json::object();
  for (const auto& [words, times] : tls.failures) failures[words] = times;
  return {{"handshakes", tls.handshakes},
          {"resumed", tls.resumed},
          {"version", tls.version},
          {"cipher", tls.cipher},
          {"failures", std::move(failures)}};
}

std::string urls_of(const Options& options) {
  std::string text;
  for (const std::string& url : options.urls) text += (text.empty() ? "" : " ") + url;
  return text;
}

}  // namespace

std::string json_report(const Plan& plan, const Outcome& outcome) {
  const Tally& tally = outcome.tally;
  const Options& options = plan.options;
  const Figures figures = figures_of(outcome);
  Json errors = Json::object();
  for (std::size_t i = 0; i < kMishapCount; ++i) {
    errors[std::string(name_of(static_cast<Mishap>(i)))] = tally.mishaps[i];
  }
  Json report;
  report["url"] = urls_of(options);
  report["engine"] = tally.engine;
  report["loops"] = options.loops;
  report["connections"] = options.connections;
  report["pipeline"] = options.pipeline;
  report["rate"] = options.rate ? Json(*options.rate) : Json(nullptr);
  report["seconds"] = figures.seconds;
  report["requests"] = tally.requests;
  report["requests_per_second"] = figures.requests_per_second;
  report["bytes"] = tally.bytes;
  report["bytes_per_second"] = figures.bytes_per_second;
  report["errors"] = std::move(errors);
  report["latency_us"] = latency_json(tally.latency);
  report["connections_opened"] = tally.connections_opened;
  report["tls"] = plan.tls != nullptr ? tls_json(tally.tls) : Json(nullptr);
  report["cpu_us_per_request"] = figures.cpu_us_per_request;
  // Bytes of a URL that are no UTF-8 must not end the run.
  return report.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace loadtest
