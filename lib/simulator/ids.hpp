/// \file
/// Identifiers that can be read back: an id is a number in disguise, so looking one up takes no
/// table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nunu::simulation {

/// What an id is for. Equal numbers get unrelated ids in each of these.
enum class id_kind : std::uint8_t {
  job,
  run,
  test,
  plan_test,
  test_plan_execution,
  bug_occurrence,
};

/// A keyed one-to-one mapping of the numbers below 2^(2 * half_bits) onto themselves: a Feistel
/// network, since that is one-to-one whatever its round function does.
class permutation {
 public:
  permutation(std::uint64_t seed, id_kind kind, unsigned half_bits);

  std::uint64_t apply(std::uint64_t number) const noexcept;
  std::uint64_t invert(std::uint64_t image) const noexcept;

 private:
  std::uint64_t round(std::size_t index, std::uint64_t half) const noexcept;

  static constexpr std::size_t rounds = 4;  // the least that hides the order of the numbers
  std::array<std::uint64_t, rounds> keys_;
  unsigned half_bits_;
};

/// UUIDs of version 4 in form, lower-case, unique for numbers below 2^62.
class uuid_space {
 public:
  uuid_space(std::uint64_t seed, id_kind kind);

  std::string at(std::uint64_t number) const;
  /// Overwrites `out`.
  void write(std::uint64_t number, std::string& out) const;
  /// The number whose id this is; none for an id that was not made here.
  std::optional<std::uint64_t> find(std::string_view id) const;

 private:
  permutation permutation_;
  std::uint64_t check_key_;
};

/// Ids such as `lkkg6t5612m`: eleven digits of base 36, unique for numbers below 2^56.
class run_id_space {
 public:
  explicit run_id_space(std::uint64_t seed);

  std::string at(std::uint64_t number) const;
  std::optional<std::uint64_t> find(std::string_view id) const;

 private:
  permutation permutation_;
};

}  // namespace nunu::simulation
