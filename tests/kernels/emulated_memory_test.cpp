// SPDX-License-Identifier: Apache-2.0
// The emulated device's memory is out of the host's reach, as a GPU's is.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include "kernels/queue.h"
#include "tests/support/catch.h"

namespace {

struct End {
  bool by_fault = false;
  std::string words;
};

// Runs body in a process of its own.
End run_apart(const std::function<void()>& body) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGSEGV, SIG_DFL);  // Not the test framework's, which would report a failed test.
    dup2(ends[1], STDERR_FILENO);
    body();
    _exit(0);
  }
  close(ends[1]);
  End end;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;)
    end.words.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  end.by_fault = WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
  return end;
}

}  // namespace

TEST_CASE("a host that reads or writes device memory is ended, and told why") {
  kernels::Queue queue(kernels::Device{kernels::DeviceKind::cuda});
  const kernels::Workspace there(queue, 100);
  const auto touch = [&](bool write) {
    queue.fill(there.data(), 7, 100);
    auto* data = there.as<volatile unsigned char>();
    if (write)
      data[3] = 1;
    else
      static_cast<void>(data[3]);
  };
  for (const bool write : {false, true}) {
    const End end = run_apart([&] { touch(write); });
    INFO(end.words);
    CHECK(end.by_fault);
    CHECK(end.words.find("the host touched device memory") != std::string::npos);
  }
  // Copies are the way.
  const End end = run_apart([&] {
    queue.fill(there.data(), 7, 100);
    unsigned char got = 0;
    queue.download(&got, there.as<unsigned char>() + 3, 1);
    if (got != 7) raise(SIGSEGV);
  });
  CHECK_FALSE(end.by_fault);
}
