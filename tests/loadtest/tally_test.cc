// Goal: the tallies of all loops together are one tally. Method: two by hand.

#include "loadtest/tally.h"

#include <doctest/doctest.h>

#include <chrono>

using loadtest::Mishap;
using loadtest::Tally;

TEST_CASE("merging adds up, and keeps the first mishap and the longest time") {
  Tally one;
  one.engine = "epoll";
  one.requests = 5;
  one.bytes = 50;
  one.connections_opened = 2;
  one.measured = std::chrono::seconds(1);
  one.count(Mishap::kClosed);
  one.latency.record(std::chrono::nanoseconds(7));
  Tally two;
  two.engine = "epoll";
  two.requests = 7;
  two.bytes = 70;
  two.connections_opened = 3;
  two.measured = std::chrono::seconds(2);
  two.count(Mishap::kClosed, 4);
  two.count(Mishap::kStatus);
  two.first_mishap = "status: wrong";
  two.latency.record(std::chrono::nanoseconds(9));

  one.tls = {3, 1, "", "", {{"damaged record", 1}}};
  two.tls = {5, 2, "TLSv1.3", "TLS_AES_128_GCM_SHA256", {{"damaged record", 2}}};

  Tally all;
  all.merge(one);
  all.merge(two);
  CHECK(all.engine == "epoll");
  CHECK(all.requests == 12);
  CHECK(all.bytes == 120);
  CHECK(all.connections_opened == 5);
  CHECK(all.measured == std::chrono::seconds(2));
  CHECK(all.mishap_count() == 6);
  CHECK(all.mishaps[static_cast<std::size_t>(Mishap::kClosed)] == 5);
  CHECK(all.first_mishap == "status: wrong");
  CHECK(all.latency.count() == 2);
  CHECK(all.tls.handshakes == 8);
  CHECK(all.tls.resumed == 3);
  CHECK(all.tls.version == "TLSv1.3");
  CHECK(all.tls.cipher == "TLS_AES_128_GCM_SHA256");
  CHECK(all.tls.failures.at("damaged record") == 3);
}

TEST_CASE("CPU time of the process grows") {
  const auto before = loadtest::process_cpu_time();
  while (loadtest::process_cpu_time() <= before) {
  }
  CHECK(loadtest::process_cpu_time() > before);
}
