// The properties that the fuzzer tries to break: each a function on any bytes that says what is
// wrong, or nothing. libFuzzer calls them from tests/fuzz/fuzz_*.cc, and an ordinary test calls
// them over the committed corpus (replay_test.cc). What a property cannot say, a sanitizer or an
// INVARIANT does. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace fuzz {

// A conversation: bytes of a client, and what happens between them (session_script.h). However the
// bytes are cut, the output is the same; it is whole answers in order, each exchange ends once, and
// time ends every session.
[[nodiscard]] std::string session_problem(std::string_view script);

// A stream of requests: the session and tests/specification agree on what each message is and where
// it ends.
[[nodiscard]] std::string differential_problem(std::string_view stream);
// The same where heads may be long enough for the longest target.
[[nodiscard]] std::string long_head_problem(std::string_view stream);

// A request target, a host and a path, all at once: server/http/uri.h and tests/specification/uri.h
// agree, normalising is idempotent and encoding is undone by it.
[[nodiscard]] std::string target_problem(std::string_view text);

// "SECONDS\nTEXT": a clock and something like a date, against a plain reading.
[[nodiscard]] std::string dates_problem(std::string_view input);

// Lines "Name: value" that describe a representation and a request for it: ranges, preconditions
// and entity tags against naive models.
[[nodiscard]] std::string ranges_problem(std::string_view input);

}  // namespace fuzz
