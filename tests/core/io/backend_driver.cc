#include "tests/core/io/backend_driver.h"

#include <doctest/doctest.h>

#include <string>

namespace test {

TestOperation::TestOperation(core::OperationKind kind, int fd)
    : operation(kind, core::Operation::OnCompletion::to<&TestOperation::on_completion>(*this)) {
  operation.fd = fd;
}

void TestOperation::on_completion(core::Completion& completion) {
  results.push_back(completion.result);
  if (!completion.more) ++finals;
  const auto received = completion.buffer.bytes();
  if (operation.kind == core::OperationKind::kReceive && completion.result > 0 &&
      operation.discard_bytes == 0) {
    CHECK(received.size() == static_cast<std::size_t>(completion.result));
    bytes.append(reinterpret_cast<const char*>(received.data()), received.size());
    if (hold_buffers) held.push_back(std::move(completion.buffer));
  } else {
    CHECK(received.empty());
  }
  if (then) then();
}

BackendDriver::BackendDriver(MakeBackend make) {
  auto made = make(buffers_);
  if (made) {
    backend_ = std::move(*made);
    return;
  }
  // Epoll is never refused.
  const bool may_be_refused = make == Uring::kMake;
  REQUIRE(may_be_refused);
  MESSAGE("skipped: ", made.error().message);
}

void BackendDriver::start(TestOperation& test) {
  const std::size_t before = test.results.size();
  backend_->start(test.operation);
  CHECK(test.operation.in_flight());
  CHECK(test.results.size() == before);
}

void BackendDriver::cancel(TestOperation& test) {
  const std::size_t before = test.results.size();
  backend_->cancel(test.operation);
  CHECK(test.results.size() == before);
}

std::size_t BackendDriver::turn(core::Duration limit) {
  backend_->wait(limit, completions_);
  std::size_t count = 0;
  for (; !completions_.empty(); ++count) {
    core::Completion completion = completions_.pop();
    completion.operation->complete(completion);
  }
  return count;
}

int BackendDriver::result_of(TestOperation& test) {
  start(test);
  REQUIRE(finish(test));
  return test.last();
}

int BackendDriver::result_of(core::OperationKind kind, int fd) {
  TestOperation test(kind, fd);
  return result_of(test);
}

std::size_t BackendDriver::settle() {
  std::size_t count = 0;
  for (int i = 0; i < 4; ++i) count += turn(core::Duration::zero());
  return count;
}

void BackendDriver::close(core::UniqueFd& fd) {
  CHECK(result_of(core::OperationKind::kClose, fd.release()) == 0);
}

void BackendDriver::take_back(TestOperation& test) {
  if (test.done()) return;
  cancel(test);
  REQUIRE(finish(test));
}

}  // namespace test
