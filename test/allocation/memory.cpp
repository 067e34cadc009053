#include "memory.hpp"

#include <cstdlib>

namespace nunu::test {

constinit thread_local memory the_memory;

}  // namespace nunu::test

using nunu::test::memory;
using nunu::test::the_memory;

// The other forms call these.

void* operator new(std::size_t size) {
  if (the_memory.fails_in != memory::kNever && size != the_memory.spared_size &&
      --the_memory.fails_in == 0) {
    the_memory.fails_in = memory::kNever;
    ++the_memory.failures;
    throw std::bad_alloc();
  }
  void* const made = std::malloc(size != 0 ? size : 1);
  if (made == nullptr) throw std::bad_alloc();
  ++the_memory.made;
  return made;
}

void operator delete(void* made) noexcept {
  if (made == nullptr) return;
  ++the_memory.freed;
  std::free(made);
}

void operator delete(void* made, std::size_t) noexcept {
  operator delete(made);
}
