#include "loadtest/report.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>

namespace loadtest {
namespace {

double per(double amount, double divisor) { return divisor > 0 ? amount / divisor : 0.0; }

std::string duration_text(std::chrono::nanoseconds duration) {
  const auto nanoseconds = static_cast<double>(duration.count());
  if (duration < std::chrono::milliseconds(1)) return fmt::format("{:.1f} us", nanoseconds / 1e3);
  if (duration < std::chrono::seconds(1)) return fmt::format("{:.2f} ms", nanoseconds / 1e6);
  return fmt::format("{:.2f} s", nanoseconds / 1e9);
}

std::string bytes_text(double bytes) {
  if (bytes < 1e3) return fmt::format("{:.0f} B", bytes);
  if (bytes < 1e6) return fmt::format("{:.1f} kB", bytes / 1e3);
  if (bytes < 1e9) return fmt::format("{:.1f} MB", bytes / 1e6);
  return fmt::format("{:.2f} GB", bytes / 1e9);
}

std::string kind_of_load(const Options& options) {
  std::string text = fmt::format("{} connections", options.connections);
  if (options.idle) return text + ", idle";
  text += options.rate ? fmt::format(", open loop at {}/s", *options.rate) : ", closed loop";
  if (options.pipeline > 1) text += fmt::format(", {} requests ahead", options.pipeline);
  if (options.close) text += ", one for each request";
  if (options.discard) text += ", bodies discarded";
  if (options.guess) text += fmt::format(", guessing {}'s password", *options.guess);
  if (options.slow) {
    text += fmt::format(", {} at {} B/s", options.slow_send ? "sending" : "reading", *options.slow);
  }
  return text;
}

std::string mishaps_text(const Tally& tally) {
  std::string text;
  for (std::size_t i = 0; i < kMishapCount; ++i) {
    if (tally.mishaps[i] == 0) continue;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", name_of(static_cast<Mishap>(i)), tally.mishaps[i]);
  }
  return text.empty() ? "none" : text;
}

std::string tls_text(const TlsTally& tls) {
  std::string text = tls.handshakes == 0 ? "none" : tls.version + " " + tls.cipher;
  text += fmt::format(", {} handshakes, {} of them resumed", tls.handshakes, tls.resumed);
  for (const auto& [words, times] : tls.failures) text += fmt::format(", {}: {}", words, times);
  return text;
}

std::string latency_text(const Histogram& latency) {
  return fmt::format("p50 {}   p90 {}   p99 {}   p99.9 {}   max {}   mean {}",
                     duration_text(latency.quantile(0.5)), duration_text(latency.quantile(0.9)),
                     duration_text(latency.quantile(0.99)), duration_text(latency.quantile(0.999)),
                     duration_text(latency.max()), duration_text(latency.mean()));
}

}  // namespace

Figures figures_of(const Outcome& outcome) {
  Figures figures;
  const auto requests = static_cast<double>(outcome.tally.requests);
  figures.seconds = std::chrono::duration<double>(outcome.tally.measured).count();
  figures.requests_per_second = per(requests, figures.seconds);
  figures.bytes_per_second = per(static_cast<double>(outcome.tally.bytes), figures.seconds);
  figures.cpu_us_per_request = per(static_cast<double>(outcome.cpu.count()) / 1e3, requests);
  return figures;
}

std::string summary(const Plan& plan, const Outcome& outcome) {
  const Tally& tally = outcome.tally;
  const Figures figures = figures_of(outcome);
  std::string text;
  for (const std::string& url : plan.options.urls) text += url + "\n";
  text += fmt::format("  {}, {} loop{}, {}\n", tally.engine, plan.options.loops,
                      plan.options.loops == 1 ? "" : "s", kind_of_load(plan.options));
  if (!plan.options.idle) {
    text += fmt::format("  requests     {} in {:.2f} s   {:.0f}/s   {}/s\n", tally.requests,
                        figures.seconds, figures.requests_per_second,
                        bytes_text(figures.bytes_per_second));
    text += fmt::format("  latency      {}\n", latency_text(tally.latency));
    text += fmt::format("  generator    {:.2f} us of CPU a request\n", figures.cpu_us_per_request);
  }
  text += fmt::format("  connections  {} opened\n", tally.connections_opened);
  if (plan.tls != nullptr) text += fmt::format("  TLS          {}\n", tls_text(tally.tls));
  text += fmt::format("  errors       {}\n", mishaps_text(tally));
  return text;
}

}  // namespace loadtest
