#include "simulator/ids.hpp"

#include <charconv>
#include <cstddef>

namespace nunu::simulation {
namespace {

constexpr std::uint64_t golden_gamma = 0x9e3779b97f4a7c15;

// The finalizer of SplitMix64: each bit of the result depends on all bits of the argument.
std::uint64_t mix(std::uint64_t x) noexcept {
  x += golden_gamma;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::uint64_t key_of(std::uint64_t seed, id_kind kind, std::uint64_t index) noexcept {
  return mix(mix(mix(seed) + static_cast<std::uint64_t>(kind)) + index);
}

constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";

constexpr unsigned uuid_half_bits = 31;
constexpr std::size_t uuid_length = 36;
// RFC 4122: the version is the highest digit of the third group, the variant the two highest bits
// of the fourth.
constexpr std::uint64_t version_mask = 0xf000;
constexpr std::uint64_t version_4 = 0x4000;
constexpr std::uint64_t variant_bits = std::uint64_t{0b10} << 62;
constexpr std::uint64_t variant_mask = std::uint64_t{0b11} << 62;

constexpr unsigned run_half_bits = 28;  // 2^56 is the highest even power of two below 36^11
constexpr std::size_t run_id_length = 11;
constexpr std::uint64_t run_id_base = 36;

// Keys of the rounds have small indices; this one is apart from them.
constexpr std::uint64_t check_key_index = 100;

bool is_dash_position(std::size_t i) noexcept {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

}  // namespace

permutation::permutation(std::uint64_t seed, id_kind kind, unsigned half_bits)
    : half_bits_(half_bits) {
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    keys_[i] = key_of(seed, kind, i);
  }
}

std::uint64_t permutation::round(std::size_t index, std::uint64_t half) const noexcept {
  return mix(half ^ keys_[index]) >> (64 - half_bits_);
}

std::uint64_t permutation::apply(std::uint64_t number) const noexcept {
  std::uint64_t left = number >> half_bits_;
  std::uint64_t right = number & ((std::uint64_t{1} << half_bits_) - 1);
  for (std::size_t i = 0; i < rounds; ++i) {
    const std::uint64_t next = left ^ round(i, right);
    left = right;
    right = next;
  }
  return left << half_bits_ | right;
}

std::uint64_t permutation::invert(std::uint64_t image) const noexcept {
  std::uint64_t left = image >> half_bits_;
  std::uint64_t right = image & ((std::uint64_t{1} << half_bits_) - 1);
  for (std::size_t i = rounds; i-- > 0;) {
    const std::uint64_t previous = right ^ round(i, left);
    right = left;
    left = previous;
  }
  return left << half_bits_ | right;
}

uuid_space::uuid_space(std::uint64_t seed, id_kind kind)
    : permutation_(seed, kind, uuid_half_bits), check_key_(key_of(seed, kind, check_key_index)) {}

std::string uuid_space::at(std::uint64_t number) const {
  std::string id;
  write(number, id);
  return id;
}

void uuid_space::write(std::uint64_t number, std::string& out) const {
  const std::uint64_t image = permutation_.apply(number);
  std::uint64_t low = image | variant_bits;
  std::uint64_t high = (mix(image ^ check_key_) & ~version_mask) | version_4;
  out.resize(uuid_length);
  for (std::size_t i = uuid_length; i-- > 0;) {
    if (is_dash_position(i)) {
      out[i] = '-';
      continue;
    }
    std::uint64_t& half = i > 18 ? low : high;
    out[i] = digits[half & 0xf];
    half >>= 4;
  }
}

std::optional<std::uint64_t> uuid_space::find(std::string_view id) const {
  if (id.size() != uuid_length) {
    return std::nullopt;
  }
  std::uint64_t low = 0;
  const char* const fourth_group = id.data() + 19;
  const char* const fifth_group = id.data() + 24;
  std::uint64_t fourth = 0;
  const auto first = std::from_chars(fourth_group, fourth_group + 4, fourth, 16);
  const auto second = std::from_chars(fifth_group, id.data() + id.size(), low, 16);
  if (first.ptr != fourth_group + 4 || second.ptr != id.data() + id.size()) {
    return std::nullopt;
  }
  low |= fourth << 48;
  const std::uint64_t number = permutation_.invert(low & ~variant_mask);
  // The other half of the id depends on the number too, so an id from elsewhere differs here.
  if (at(number) != id) {
    return std::nullopt;
  }
  return number;
}

run_id_space::run_id_space(std::uint64_t seed) : permutation_(seed, id_kind::run, run_half_bits) {}

std::string run_id_space::at(std::uint64_t number) const {
  std::uint64_t image = permutation_.apply(number);
  std::string id(run_id_length, '0');
  for (std::size_t i = run_id_length; i-- > 0;) {
    id[i] = digits[image % run_id_base];
    image /= run_id_base;
  }
  return id;
}

std::optional<std::uint64_t> run_id_space::find(std::string_view id) const {
  if (id.size() != run_id_length) {
    return std::nullopt;
  }
  std::uint64_t image = 0;
  for (const char c : id) {
    const auto digit = digits.find(c);
    if (digit == std::string_view::npos) {
      return std::nullopt;
    }
    image = image * run_id_base + digit;
  }
  if (image >> (2 * run_half_bits) != 0) {
    return std::nullopt;
  }
  return permutation_.invert(image);
}

}  // namespace nunu::simulation
