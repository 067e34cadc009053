// Memory that runs out when a test wants it to: this executable's own `operator new`.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <new>
#include <utility>

namespace nunu::test {

/// Of one thread: what others allocate neither counts nor fails.
struct memory {
  static constexpr std::size_t kNever = static_cast<std::size_t>(-1);

  std::size_t made = 0;
  std::size_t freed = 0;
  /// The allocation that fails, counted from the next one, which is 1.
  std::size_t fails_in = kNever;
  std::size_t failures = 0;
  /// Allocations of this size neither fail nor are counted from there.
  std::size_t spared_size = 0;

  std::size_t live() const noexcept { return made - freed; }
};

extern constinit thread_local memory the_memory;

/// One allocation that fails, the n-th of those made by what it carries out.
class failing_allocation {
 public:
  explicit failing_allocation(std::size_t n) noexcept : fails_in_(n) {}

  bool happened() const noexcept { return fails_in_ == memory::kNever; }

  /// Calls `operation`; if the failure is in it, `meanwhile`, and then `operation` once more.
  template <class Operation, class Meanwhile>
  void carry_out(Operation operation, Meanwhile meanwhile) {
    const std::size_t failures = the_memory.failures;
    the_memory.fails_in = fails_in_;
    bool thrown = false;
    try {
      operation();
    } catch (const std::bad_alloc&) {
      thrown = true;
    }
    fails_in_ = std::exchange(the_memory.fails_in, memory::kNever);
    EXPECT_EQ(thrown, the_memory.failures > failures) << "a failure was swallowed, or made up";
    if (!thrown) return;
    meanwhile();
    operation();
  }

  template <class Operation>
  void carry_out(Operation operation) {
    carry_out(std::move(operation), [] {});
  }

 private:
  std::size_t fails_in_;
};

/// Calls `body(failing)` with the first allocation that fails, then with the second, and so on
/// until none of so many is made. Gives their number. Nothing may be left when a body has ended.
template <class Body>
std::size_t fail_each_allocation(Body body) {
  for (std::size_t n = 1;; ++n) {
    const std::size_t live = the_memory.live();
    failing_allocation failing(n);
    body(failing);
    EXPECT_EQ(the_memory.live(), live) << "left behind after failure " << n;
    if (!failing.happened() || testing::Test::HasFailure()) return n - 1;
  }
}

/// What it calls must not allocate: it has to work when there is no memory.
template <class Operation>
decltype(auto) without_memory(Operation operation) {
  struct count {
    std::size_t made = the_memory.made;
    ~count() { EXPECT_EQ(the_memory.made, made) << "it allocates"; }
  } const before;
  return operation();
}

}  // namespace nunu::test
