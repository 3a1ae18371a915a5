// simulate: lives of connections on a simulated kernel (life.h), one after the other.
//
//   simulate --turns N [--first-seed S]   lives until N turns have been made; seeds S, S+1, ...
//   simulate --seed S                     one life again
//
// A life that breaks an invariant ends the process; its seed is the last line.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string_view>

#include "tests/simulation/life.h"

namespace {

using simulation::LifeResult;

struct Line {
  std::uint64_t LifeResult::*value;
  std::string_view name;
};
constexpr std::array kLines{
    Line{&LifeResult::turns, "turns"},
    Line{&LifeResult::connections, "connections"},
    Line{&LifeResult::satisfied, "got all their answers"},
    Line{&LifeResult::exchanges, "exchanges"},
    Line{&LifeResult::aborted, "cut off"},
    Line{&LifeResult::deadlines, "deadlines passed"},
    Line{&LifeResult::send_stalls, "of them while sending"},
    Line{&LifeResult::accept_pauses, "pauses for want of descriptors"},
    Line{&LifeResult::pipeline_pauses, "pauses of clients that sent too far ahead"},
    Line{&LifeResult::memory_pauses, "pauses for want of memory"},
    Line{&LifeResult::handshakes, "handshakes of TLS"},
    Line{&LifeResult::resumed, "of them resumed"},
    Line{&LifeResult::satisfied_tls, "got all their answers over TLS"},
    Line{&LifeResult::steps, "steps of handshakes"},
    Line{&LifeResult::hellos_in_pieces, "of them with the first piece of a hello"},
    Line{&LifeResult::steps_spared, "of them spared: the client had left"},
    Line{&LifeResult::bytes_meanwhile, "bytes that came while a step was out"},
    Line{&LifeResult::ends_meanwhile, "clients that ended meanwhile"},
    Line{&LifeResult::resets_meanwhile, "clients that reset the connection meanwhile"},
    Line{&LifeResult::out_at_drain, "steps out when the server drained"},
    Line{&LifeResult::out_at_abort, "steps out when the server aborted"},
    Line{&LifeResult::requests_along, "requests along with the end of a handshake"},
    Line{&LifeResult::refused, "handshakes refused: the lane was full"},
    Line{&LifeResult::failed, "handshakes failed"},
    Line{&LifeResult::handshakes_late, "handshakes that a deadline ended"},
    Line{&LifeResult::told_plain_http, "told that plain HTTP is not spoken"},
    Line{&LifeResult::told_garbage, "sent away for garbage"},
    Line{&LifeResult::told_junk, "sent away for junk behind a hello"},
    Line{&LifeResult::told_record, "sent away for a record that was none"},
    Line{&LifeResult::passwords, "requests with credentials"},
    Line{&LifeResult::let_in, "let in"},
    Line{&LifeResult::offered, "known early enough for their content"},
    Line{&LifeResult::wrong, "told that the password is wrong"},
    Line{&LifeResult::busy, "told to come later: the queue was full"},
    Line{&LifeResult::threw, "told that the check has failed"},
    Line{&LifeResult::left, "clients that left before they were told"},
    Line{&LifeResult::hashes, "hashes"},
    Line{&LifeResult::known_to_gate, "known to the gate"},
    Line{&LifeResult::known_to_desk, "known to the desk"},
    Line{&LifeResult::joined_at_gate, "waited at the gate for another's hash"},
    Line{&LifeResult::joined_at_desk, "waited at the desk for another's hash"},
    Line{&LifeResult::dropped, "dropped: nobody waited any more"},
    Line{&LifeResult::slowed, "wrong answers held back"},
    Line{&LifeResult::changes, "changes of the users files"},
    Line{&LifeResult::changes_meanwhile, "of them while a password was being checked"},
};

void add(LifeResult& sum, const LifeResult& life) {
  for (const Line& line : kLines) sum.*line.value += life.*line.value;
}

// For the signal handler, which can be told nothing else.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
volatile std::uint64_t current_seed = 0;
// In the lives before it.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
volatile std::uint64_t turns_before = 0;

void say_seed(int) {
  const std::uint64_t turns = turns_before;
  const std::uint64_t seed = current_seed;
  const auto text = fmt::format(
      "simulate: broken, {} turns went well; to see it again: simulate --seed {}\n", turns, seed);
  static_cast<void>(::write(STDERR_FILENO, text.data(), text.size()));
  std::signal(SIGABRT, SIG_DFL);
  std::abort();
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) {
    fmt::print(stderr, "simulate: {} is not a number\n", text);
    std::exit(2);
  }
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t turns = 0;
  std::uint64_t seed = std::random_device()();
  bool one = false;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    if (option == "--turns") turns = number(argv[i + 1]);
    if (option == "--first-seed" || option == "--seed") seed = number(argv[i + 1]);
    one = one || option == "--seed";
  }
  if (turns == 0 && !one) {
    fmt::print(stderr, "simulate: --turns N [--first-seed S] | --seed S\n");
    return 2;
  }
  std::signal(SIGABRT, say_seed);
  std::uint64_t lives = 0;
  const std::uint64_t first_seed = seed;
  LifeResult sum;
  do {
    current_seed = seed++;
    turns_before = sum.turns;
    add(sum, simulation::live(current_seed));
    ++lives;
  } while (sum.turns < turns);
  fmt::print("{} lives from seed {}\n", lives, first_seed);
  bool all_met = true;
  for (const Line& line : kLines) {
    fmt::print("{:>10} {}\n", sum.*line.value, line.name);
    all_met = all_met && sum.*line.value > 0;
  }
  // A long run that never met a hardship says nothing about it.
  return all_met || turns < 1'000'000 ? 0 : 1;
}
