/// \file
/// The random draws that the core takes as arguments: the same in every run.
#pragma once

#include <cstdint>

namespace bench {

/// SplitMix64: a few instructions, so that what is measured is not the generator.
class draws {
 public:
  explicit draws(std::uint64_t seed = 1) noexcept : state_(seed) {}

  std::uint64_t bits() noexcept {
    std::uint64_t mixed = state_ += 0x9E37'79B9'7F4A'7C15;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58'476D'1CE4'E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D0'49BB'1331'11EB;
    return mixed ^ (mixed >> 31);
  }

  /// Uniform in [0, 1).
  double operator()() noexcept { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace bench
