/// \file
/// Telling the processor early what will be read.
#pragma once

namespace nunu::core {

/// A hint. The address need not be valid.
inline void prefetch([[maybe_unused]] const void* address) noexcept {
#if defined(__GNUC__)
  __builtin_prefetch(address);
#endif
}

}  // namespace nunu::core
