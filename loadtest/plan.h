// Plan: what one run shall do. Options is the command line's word for word; a Plan is what can be
// carried out, with every request written out. Made once, then immutable: every loop reads it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/io/backend.h"
#include "core/io/socket.h"
#include "core/tls/client_context.h"
#include "loadtest/source_addresses.h"

namespace loadtest {

struct Options {
  std::vector<std::string> urls;
  std::size_t connections = 64;
  std::size_t loops = 1;
  std::chrono::milliseconds duration{10'000};
  std::chrono::milliseconds warmup{1'000};
  std::optional<std::uint64_t> requests;  // instead of a duration, and without a warm-up
  std::optional<double> rate;             // a second; without it the loop is closed
  std::size_t pipeline = 1;
  bool close = false;
  bool discard = false;
  bool resume = false;                  // of https: each connection the session of the one before
  std::optional<core::TlsVersion> tls;  // of https; without it the best that the server has
  std::optional<std::size_t> idle;
  std::optional<std::uint64_t> slow;  // bytes a second
  bool slow_send = false;
  std::optional<std::string> guess;  // a user, whose password every request tries anew
  std::optional<std::string> from;   // each connection has the next of these addresses
  std::vector<std::string> header;
  std::string method = "GET";
  int expect_status = 200;
  std::optional<std::uint64_t> expect_length;
  std::optional<std::uint64_t> expect_digest;
  std::chrono::milliseconds timeout{30'000};
  core::EngineChoice engine = core::EngineChoice::kAuto;
  int nice = 0;  // of the loops' threads, as far as the system allows
  bool json = false;
  bool allow_remote = false;
};

struct Plan {
  Options options;
  core::SocketAddress address;
  std::shared_ptr<const core::TlsClientContext> tls;  // null: plain
  std::string server_name;                            // for TLS
  std::optional<SourceAddresses> from;
  std::uint64_t nonce = 0;            // random: this run's guesses and addresses are its own
  std::vector<std::string> requests;  // one for each URL, as they go over the wire
};

// An error is the command line's fault.
[[nodiscard]] core::Result<Plan> make_plan(Options options);

}  // namespace loadtest
