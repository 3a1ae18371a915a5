// Goal: a filter goes from a worker to the loop and back, and what OpenSSL allocated on one of them
// is freed on the same. Else the loop would wait for the lock of an arena of malloc that is held by
// a worker of low priority, which has lost its CPU.
// Method: OpenSSL's allocator is replaced by one that notes who allocates and who frees; worker and
// loop are names, not threads.

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/core/tls/filter_pair.h"

namespace {

using core::TlsFilter;
using test::Outcome;

enum class Role : std::uint8_t { kNobody, kWorker, kLoop };

struct Ledger {
  Role now = Role::kNobody;
  std::vector<std::string> foreign;  // blocks of a worker that the loop freed, and the other way
};

Ledger& ledger() {
  static Ledger only;
  return only;
}

struct alignas(std::max_align_t) Header {
  std::size_t size;
  Role allocated_by;
};

Header& header_of(void* block) { return static_cast<Header*>(block)[-1]; }

void* allocate(std::size_t size, const char* /*file*/, int /*line*/) {
  void* memory = std::malloc(sizeof(Header) + size);
  if (memory == nullptr) return nullptr;
  return new (memory) Header{size, ledger().now} + 1;
}

void release(void* block, const char* file, int line) {
  if (block == nullptr) return;
  Header& header = header_of(block);
  const Role by = ledger().now;
  if (by != Role::kNobody && header.allocated_by != Role::kNobody && by != header.allocated_by) {
    ledger().foreign.push_back(fmt::format("{} frees {} bytes at {}:{}",
                                           by == Role::kLoop ? "the loop" : "a worker", header.size,
                                           file, line));
  }
  std::free(&header);
}

void* resize(void* block, std::size_t size, const char* file, int line) {
  void* larger = allocate(size, file, line);
  if (block == nullptr || larger == nullptr) return larger;
  std::memcpy(larger, block, std::min(size, header_of(block).size));
  release(block, file, line);
  return larger;
}

// OpenSSL takes it only before its first allocation.
const bool kWatching = CRYPTO_set_mem_functions(allocate, resize, release) == 1;

class As {
 public:
  explicit As(Role role) : before_(std::exchange(ledger().now, role)) {}
  As(const As&) = delete;
  As& operator=(const As&) = delete;
  ~As() { ledger().now = before_; }

 private:
  const Role before_;
};

class Conversation {
 public:
  explicit Conversation(core::TlsVersion version)
      : client_context_(test::new_client(test::version_only(version))),
        client_(TlsFilter::make_client(*client_context_, "a.example")) {
    const As worker(Role::kWorker);
    server_ = TlsFilter::make_server(context_);
  }
  ~Conversation() {
    {
      const As loop(Role::kLoop);
      server_->free_buffers();
    }
    const As worker(Role::kWorker);
    server_.reset();
  }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  test::Side& client() { return client_; }

  void shake_hands() {
    client_.begin();
    while (!server_->handshake_done()) {
      const std::string records = client_.sent.take();
      {
        const As worker(Role::kWorker);
        static_cast<void>(server_->handshake(std::as_bytes(std::span(records)), sent_));
      }
      client_.take(sent_.take());
    }
    deliver();  // what lay behind the client's Finished
  }

  // What the client has sent; the plaintext in it.
  std::string deliver() {
    const std::string records = client_.sent.take();
    std::string plain;
    {
      const As loop(Role::kLoop);
      server_->give(std::as_bytes(std::span(records)));
      std::array<char, 20000> buffer{};
      std::size_t size = 0;
      do {
        last_ = server_->open(buffer, size, sent_);
        plain.append(buffer.data(), size);
      } while (last_ == Outcome::kDone);
    }
    client_.take(sent_.take());
    return plain;
  }

  void answer(std::string_view plain) {
    {
      const As loop(Role::kLoop);
      CHECK(server_->seal(plain, sent_));
    }
    client_.take(sent_.take());
  }

  void say_goodbye() {
    const As loop(Role::kLoop);
    server_->close(sent_);
  }

  [[nodiscard]] Outcome last() const { return last_; }

 private:
  const test::ServerContextPtr context_ = test::plain_server();
  const test::ClientContextPtr client_context_;
  test::Side client_;
  std::unique_ptr<TlsFilter> server_;
  test::Wire sent_;
  Outcome last_ = Outcome::kWantsInput;
};

void check_nothing_foreign() {
  for (const std::string& block : ledger().foreign) MESSAGE(block);
  CHECK(ledger().foreign.empty());
  ledger().foreign.clear();
}

const std::string kAnswer(100'000, 'x');

}  // namespace

TEST_CASE("requests, answers and an orderly end: nobody frees what is another's") {
  REQUIRE(kWatching);
  for (const core::TlsVersion version : test::kVersions) {
    {
      Conversation talk(version);
      talk.shake_hands();
      for (int i = 0; i < 3; ++i) {
        REQUIRE(talk.client().filter->seal("GET / HTTP/1.1", talk.client().sent));
        CHECK(talk.deliver() == "GET / HTTP/1.1");
        talk.answer(kAnswer);
      }
      CHECK(talk.client().plain.size() == 3 * kAnswer.size());
      talk.client().filter->close(talk.client().sent);
      talk.deliver();
      CHECK(talk.last() == Outcome::kEnded);
      talk.say_goodbye();
    }
    check_nothing_foreign();
  }
}

TEST_CASE("a client that leaves without a word, and one that breaks the protocol") {
  for (const core::TlsVersion version : test::kVersions) {
    {
      Conversation talk(version);
      talk.shake_hands();
    }
    check_nothing_foreign();
    {
      Conversation talk(version);
      talk.shake_hands();
      REQUIRE(talk.client().filter->seal("GET / HTTP/1.1", talk.client().sent));
      talk.client().sent.text.back() ^= 1;
      talk.deliver();
      CHECK(talk.last() == Outcome::kFailed);
    }
    check_nothing_foreign();
  }
}

TEST_CASE("who frees another's block is seen") {
  void* block = nullptr;
  {
    const As worker(Role::kWorker);
    block = OPENSSL_malloc(100);
  }
  {
    const As loop(Role::kLoop);
    OPENSSL_free(block);
  }
  REQUIRE(ledger().foreign.size() == 1);
  CHECK(ledger().foreign[0].starts_with("the loop frees 100 bytes at "));
  ledger().foreign.clear();
}
