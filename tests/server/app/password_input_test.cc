// Goal: a password comes from a line of a pipe, or from a terminal that does not show it and is
// left as it was, by a signal too. Method: pipes by table; a pseudo terminal whose other end is
// typed on once typing is hidden, and looked at; the command as a child with that as its terminal.

#include "server/app/password_input.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "core/base/unique_fd.h"
#include "core/password/password_hasher.h"
#include "tests/core/base/pipe.h"
#include "tests/server/app/process.h"

namespace {

// What read_password_line makes of `text` in a pipe.
std::string line_of(std::string_view text) {
  test::Pipe pipe;
  REQUIRE(::write(pipe.writing.get(), text.data(), text.size()) ==
          static_cast<ssize_t>(text.size()));
  pipe.writing.reset();
  const auto line = server::read_password_line(pipe.reading.get());
  REQUIRE(line);
  return *line;
}

// Both ends of a pseudo terminal: the one that a person has, and the one that a program has.
class Terminal {
 public:
  Terminal() : person_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    REQUIRE(person_.valid());
    REQUIRE(::grantpt(person_.get()) == 0);
    REQUIRE(::unlockpt(person_.get()) == 0);
    std::array<char, 64> name{};
    REQUIRE(::ptsname_r(person_.get(), name.data(), name.size()) == 0);
    program_.reset(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(program_.valid());
  }

  [[nodiscard]] int program() const { return program_.get(); }

  [[nodiscard]] bool shows() const {
    termios state{};
    CHECK(::tcgetattr(program_.get(), &state) == 0);
    return (state.c_lflag & ECHO) != 0;
  }

  void type(std::string_view text) const {
    CHECK(::write(person_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }

  // What a person sees, up to and including `text`; waits for it.
  [[nodiscard]] std::string seen_until(std::string_view text) const {
    std::string seen;
    char c = '\0';
    while (!seen.ends_with(text) && ::read(person_.get(), &c, 1) == 1) seen.push_back(c);
    return seen;
  }

 private:
  core::UniqueFd person_;
  core::UniqueFd program_;
};

// A child that has the terminal as its own, so that Ctrl-C reaches it.
test::Process command_on(const Terminal& terminal, const std::vector<std::string>& arguments) {
  std::vector<std::string> command{OURO_BINARY, "hash-password"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const int fd = terminal.program();
  return test::Process(command, [fd] {
    if (::setsid() < 0 || ::ioctl(fd, TIOCSCTTY, 0) != 0 || ::dup2(fd, STDIN_FILENO) < 0) {
      ::_exit(97);
    }
  });
}

}  // namespace

TEST_CASE("a line ends at LF, CRLF or the end, and what is behind it is not read") {
  CHECK(line_of("secret\n") == "secret");
  CHECK(line_of("secret\r\n") == "secret");
  CHECK(line_of("secret") == "secret");
  CHECK(line_of("secret\nmore\n") == "secret");
  CHECK(line_of(" two words \n") == " two words ");
  CHECK(line_of("\n").empty());
  CHECK(line_of("").empty());
  CHECK(line_of(std::string("a\0b\n", 4)) == std::string("a\0b", 3));
}

TEST_CASE("a line that is too long stays too long") {
  const std::string longest(core::kPasswordBytesMax, 'x');
  CHECK(line_of(longest + "\n") == longest);
  CHECK(line_of(longest + "\r\n") == longest);
  CHECK(line_of(longest) == longest);
  CHECK(line_of(longest + "x\n").size() > core::kPasswordBytesMax);
  CHECK(line_of(longest + "x\r\n").size() > core::kPasswordBytesMax);
  CHECK(line_of(longest + "xx\r\n").size() > core::kPasswordBytesMax);
  CHECK(line_of(std::string(10'000, 'x')).size() > core::kPasswordBytesMax);
}

TEST_CASE("what cannot be read is a failure") {
  const core::UniqueFd folder(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto line = server::read_password_line(folder.get());
  REQUIRE(!line);
  CHECK(line.error().message.find("cannot read the password") != std::string::npos);
}

TEST_CASE("what is no terminal cannot hide") {
  const test::Pipe pipe;
  const auto line = server::ask_for_password(pipe.reading.get(), "Password: ");
  REQUIRE(!line);
  CHECK(line.error().message.find("cannot hide") != std::string::npos);
}

TEST_CASE("a terminal does not show what is typed, and is as before afterwards") {
  const Terminal terminal;
  REQUIRE(terminal.shows());
  terminal.type("early\n");  // before it is asked for: not the password
  CHECK(terminal.seen_until("\n") == "early\r\n");
  std::thread person([&terminal] {
    while (terminal.shows()) std::this_thread::yield();
    terminal.type("secret\n");
  });
  const auto line = server::ask_for_password(terminal.program(), "");
  person.join();
  REQUIRE(line);
  CHECK(*line == "secret");
  CHECK(terminal.shows());
  CHECK(terminal.seen_until("\n") == "\r\n");
}

TEST_CASE("the command asks twice and prints a line that lets in") {
  const Terminal terminal;
  test::Process ouro = command_on(terminal, {"--user", "ada", "--cost", "4"});
  REQUIRE(ouro.says("Password for ada: "));
  CHECK(!terminal.shows());
  terminal.type("secret\n");
  REQUIRE(ouro.says("Once more: "));
  terminal.type("secret\n");
  CHECK(ouro.wait() == 0);
  CHECK(terminal.shows());
  CHECK(terminal.seen_until("\n") == "\r\n");
  CHECK(terminal.seen_until("\n") == "\r\n");
  const std::string line = ouro.output();
  REQUIRE(line.starts_with("ada:$2b$04$"));
  REQUIRE(line.ends_with("\n"));
  const auto hash = core::read_password_hash(line.substr(4, line.size() - 5));
  REQUIRE(hash);
  CHECK(core::PasswordHasher().verify("secret", *hash));
}

TEST_CASE("two passwords that differ, and an empty one, make no hash") {
  const Terminal terminal;
  test::Process differ = command_on(terminal, {"--cost", "4"});
  REQUIRE(differ.says("Password: "));
  terminal.type("secret\n");
  REQUIRE(differ.says("Once more: "));
  terminal.type("secreT\n");
  CHECK(differ.wait() == 2);
  CHECK(differ.output().empty());
  CHECK(differ.error_output().find("differ") != std::string::npos);
  const Terminal other;
  test::Process empty = command_on(other, {});
  REQUIRE(empty.says("Password: "));
  other.type("\n");
  CHECK(empty.wait() == 2);
  CHECK(empty.error_output().find("the password is empty") != std::string::npos);
}

TEST_CASE("Ctrl-C ends the command and leaves a terminal that shows") {
  const Terminal terminal;
  test::Process ouro = command_on(terminal, {});
  REQUIRE(ouro.says("Password: "));
  CHECK(!terminal.shows());
  terminal.type("sec\x03");
  CHECK(ouro.wait() == -1);
  CHECK(terminal.shows());
  CHECK(ouro.output().empty());
}

TEST_CASE("so does SIGTERM") {
  const Terminal terminal;
  test::Process ouro = command_on(terminal, {});
  REQUIRE(ouro.says("Password: "));
  ouro.signal(SIGTERM);
  CHECK(ouro.wait() == -1);
  CHECK(terminal.shows());
}
