/// \file
/// How a fuzz target says what must hold of every input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

/// What libFuzzer calls with each input, and `replay.cpp` with each file. Always 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace nunu::fuzz {

/// Ends the process as a sanitizer would: the input at hand is then kept by libFuzzer. `seen` is
/// printed beside the property that does not hold.
inline void require(bool holds, std::string_view property, std::string_view seen = {}) {
  if (holds) return;
  std::cerr << "Does not hold: " << property << '\n' << seen << '\n';
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
  // libFuzzer gives a null pointer with an empty input.
  return size == 0 ? std::string_view()
                   : std::string_view(reinterpret_cast<const char*>(bytes), size);
}

}  // namespace nunu::fuzz
