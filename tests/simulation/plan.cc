#include "tests/simulation/plan.h"

#include <fmt/format.h>

#include "tests/server/http/corpus.h"
#include "tests/simulation/kernel.h"

namespace simulation {
namespace {

using Content = PlannedExchange::Content;

const std::vector<http_test::RefusedCase>& refused_cases() {
  static const std::vector<http_test::RefusedCase> kCases = http_test::all_refused();
  return kCases;
}

std::string chunked(Random& random, const std::string& content) {
  std::string body;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t size = std::min(random.between(1, 3000), content.size() - at);
    body += fmt::format("{:x}{}\r\n", size, random.chance(0.1) ? ";name=\"value\"" : "");
    body.append(content, at, size).append("\r\n");
    at += size;
  }
  return body + (random.chance(0.2) ? "0\r\nX-Trailer: yes\r\n\r\n" : "0\r\n\r\n");
}

std::string content_of(Random& random, std::size_t size_max) {
  const std::uint64_t seed = random.below(1000);
  std::string content(random.between(1, size_max), '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = text_byte(seed, i);
  return content;
}

// A request with a body, its head's fields but Host given.
std::string with_body(Random& random, const std::string& target, const std::string& fields,
                      const std::string& content) {
  std::string request = "POST " + target + " HTTP/1.1\r\nHost: x\r\n" + fields;
  if (random.chance(0.5)) {
    return request + fmt::format("Content-Length: {}\r\n\r\n", content.size()) + content;
  }
  return request + "Transfer-Encoding: chunked\r\n\r\n" + chunked(random, content);
}

std::uint64_t answer_size(Random& random) {
  if (random.chance(0.7)) return random.below(2000);
  return random.below(100'000);
}

PlannedExchange plan_text(Random& random) {
  PlannedExchange plan;
  plan.content = Content::kText;
  plan.seed = random.below(1000);
  plan.size = answer_size(random);
  const bool head = random.chance(0.15);
  const bool old = random.chance(0.1);
  plan.no_content = head;
  constexpr const char* kHow[] = {"text", "shared", "late", "stream"};
  const std::size_t how = random.below(4);
  plan.streamed = how == 3;
  plan.request = fmt::format("{} /{}/{}/{} HTTP/1.{}\r\nHost: x\r\n", head ? "HEAD" : "GET",
                             kHow[how], plan.seed, plan.size, old ? 0 : 1);
  if (old) {
    const bool keeps = random.chance(0.5);
    plan.last = !keeps || plan.streamed;  // RFC 9112 6.3: its end is the connection's
    if (keeps) plan.request += "Connection: keep-alive\r\n";
  } else if (random.chance(0.05)) {
    plan.last = true;
    plan.request += "Connection: close\r\n";
  }
  plan.request += "\r\n";
  return plan;
}

PlannedExchange plan_file(Random& random) {
  PlannedExchange plan;
  plan.content = Content::kFile;
  plan.truncated = random.chance(0.05);
  plan.offset = random.below(kFileBytes - 1);
  plan.size = std::min<std::uint64_t>(answer_size(random) + 1, kFileBytes - plan.offset);
  if (plan.truncated) plan.size = kFileBytes - plan.offset + random.between(1, 1000);
  plan.last = plan.truncated;
  plan.request = fmt::format("GET /file/{}/{} HTTP/1.1\r\nHost: x\r\n\r\n", plan.offset, plan.size);
  return plan;
}

PlannedExchange plan_upload(Random& random, const server::HttpLimits& limits) {
  PlannedExchange plan;
  const std::string content = content_of(random, limits.body_bytes_max);
  plan.content = Content::kLiteral;
  plan.literal = digest_of(content);
  plan.asks_to_go_on = random.chance(0.2);
  plan.request =
      with_body(random, "/sink", plan.asks_to_go_on ? "Expect: 100-continue\r\n" : "", content);
  return plan;
}

// Its handler has seen enough before the end.
PlannedExchange plan_early_answer(Random& random, const server::HttpLimits& limits) {
  PlannedExchange plan;
  plan.content = Content::kLiteral;
  plan.literal = "enough";
  plan.last = true;
  constexpr const char* kWhen[] = {"/early/0", "/early/1", "/early/500"};
  plan.request =
      with_body(random, kWhen[random.below(3)], "", content_of(random, limits.body_bytes_max)) +
      http_test::get("/smuggled");
  return plan;
}

PlannedExchange plan_discarded(Random& random, const server::HttpLimits& limits) {
  PlannedExchange plan;
  plan.content = Content::kText;
  plan.seed = random.below(1000);
  plan.size = random.below(100);
  const bool waits = random.chance(0.2);
  plan.last = waits;  // RFC 9110 10.1.1: the final answer, and the body is not read
  plan.request =
      with_body(random, fmt::format("/text/{}/{}", plan.seed, plan.size),
                waits ? "Expect: 100-continue\r\n" : "", content_of(random, limits.body_bytes_max));
  return plan;
}

PlannedExchange plan_too_large(Random& random, const server::HttpLimits& limits) {
  PlannedExchange plan;
  plan.status = 413;
  plan.last = true;
  plan.request = with_body(random, "/sink", "", std::string(limits.body_bytes_max + 1, 'x')) +
                 http_test::get("/smuggled");
  return plan;
}

// The corpus speaks in the clear: over TLS the right scheme is the wrong one, and the other way
// round.
std::string with_scheme_of(std::string_view scheme, const std::string& request) {
  if (scheme == "http") return request;
  for (const std::string here : {" http://", " https://"}) {
    const std::size_t at = request.find(here);
    if (at == std::string::npos) continue;
    std::string changed = request;
    return changed.replace(at, here.size(), here == " http://" ? " https://" : " http://");
  }
  return request;
}

PlannedExchange plan_refused(Random& random, std::string_view scheme) {
  const auto& cases = refused_cases();
  const http_test::RefusedCase& one = cases[random.below(cases.size())];
  PlannedExchange plan;
  plan.status = one.status;
  plan.last = true;
  plan.request = with_scheme_of(scheme, one.bytes) + http_test::get("/smuggled");
  return plan;
}

// Where the content of a request with Expect begins, for a client that waits for an answer to it.
void hold_content(Random& random, PlannedExchange& plan) {
  if (plan.request.find("Expect: ") == std::string::npos || random.chance(0.5)) return;
  plan.held_from = plan.request.find("\r\n\r\n") + 4;
}

PlannedExchange plan_closing(Random& random) {
  PlannedExchange plan;
  plan.content = Content::kText;
  plan.seed = random.below(1000);
  plan.size = random.below(5000);
  plan.last = true;
  plan.request = fmt::format("GET /close/{}/{} HTTP/1.1\r\nHost: x\r\n\r\n", plan.seed, plan.size) +
                 http_test::get("/smuggled");
  return plan;
}

// A request for a protected route: one that every guard may stand before.
PlannedExchange plan_behind_guard(Random& random, const server::HttpLimits& limits) {
  const std::size_t dice = random.below(100);
  if (dice < 60) return plan_text(random);
  if (dice < 75) {
    PlannedExchange plan = plan_file(random);
    return plan.truncated ? plan_text(random) : plan;
  }
  if (dice < 85) return plan_discarded(random, limits);
  PlannedExchange plan = plan_upload(random, limits);
  plan.may_be_unread = true;
  plan.last = plan.asks_to_go_on;
  return plan;
}

PlannedExchange plan_guarded(Random& random, const server::HttpLimits& limits,
                             const GuardHabits& habits) {
  PlannedExchange plan = plan_behind_guard(random, limits);
  plan.guard = habits.pick(random);
  constexpr std::string_view kHost = "Host: x\r\n";
  const std::string fields =
      plan.guard->says().fields +
      fmt::format("X-Forwarded-For: 192.0.2.{}\r\n", random.between(1, habits.networks_max));
  plan.request.insert(plan.request.find(kHost) + kHost.size(), fields);
  plan.request.insert(plan.request.find('/'), path_prefix(*plan.guard));
  return plan;
}

PlannedExchange plan_open(Random& random, const server::HttpLimits& limits,
                          std::string_view scheme) {
  const std::size_t dice = random.below(100);
  if (dice < 50) return plan_text(random);
  if (dice < 65) return plan_file(random);
  if (dice < 77) return plan_upload(random, limits);
  if (dice < 87) return plan_discarded(random, limits);
  if (dice < 94) return plan_refused(random, scheme);
  if (dice < 96) return plan_early_answer(random, limits);
  if (dice < 98) return plan_too_large(random, limits);
  return plan_closing(random);
}

}  // namespace

char text_byte(std::uint64_t seed, std::uint64_t offset) {
  return static_cast<char>('A' + (seed * 31 + offset * 11 + offset / 101) % 58);
}

std::string digest_of(const std::string& content) {
  std::uint64_t hash = 0xCBF29CE484222325U;  // FNV-1a
  for (const char c : content) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return fmt::format("{} bytes, {:016x}\n", content.size(), hash);
}

Plan make_plan(Random& random, const server::HttpLimits& limits, std::string_view scheme,
               const GuardHabits& habits) {
  Plan plan;
  const std::size_t size = random.between(1, 20);
  while (plan.size() < size) {
    plan.push_back(random.chance(habits.share) ? plan_guarded(random, limits, habits)
                                               : plan_open(random, limits, scheme));
    hold_content(random, plan.back());
    if (plan.back().last) break;
  }
  return plan;
}

server::HttpLimits simulated_limits() {
  server::HttpLimits limits;
  limits.header_timeout = std::chrono::seconds(10);
  limits.body_timeout = std::chrono::seconds(20);
  limits.keepalive_timeout = std::chrono::seconds(75);
  limits.header_bytes_max = 4096;
  limits.header_fields_max = 40;
  limits.body_bytes_max = 20'000;
  limits.body_bytes_per_second = 240;
  return limits;
}

}  // namespace simulation
