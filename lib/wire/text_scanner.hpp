/// \file
/// Reads texts of a fixed shape, such as dates, from left to right.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace nunu::wire {

/// Each step takes what it asks for from the front and says true, or says false; after a false the
/// text is not of the shape, and what is left is unspecified.
class text_scanner {
 public:
  explicit constexpr text_scanner(std::string_view text) noexcept : rest_(text) {}

  constexpr bool at_end() const noexcept { return rest_.empty(); }

  constexpr bool literal(std::string_view expected) noexcept {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  constexpr bool literal(char expected) noexcept {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// The next character if it is a digit, else -1.
  constexpr int digit() noexcept {
    const unsigned value = rest_.empty() ? no_digit : value_of(rest_.front());
    if (value > 9) return -1;
    rest_.remove_prefix(1);
    return static_cast<int>(value);
  }

  /// Exactly `count` digits, nine at most.
  constexpr bool digits(std::size_t count, int& value) noexcept {
    if (rest_.size() < count) return false;
    unsigned read = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const unsigned next = value_of(rest_[i]);
      if (next > 9) return false;
      read = read * 10 + next;
    }
    rest_.remove_prefix(count);
    value = static_cast<int>(read);
    return true;
  }

  /// One of `words`; `index` is its place among them.
  constexpr bool one_of(std::span<const std::string_view> words, std::size_t& index) noexcept {
    for (index = 0; index < words.size(); ++index) {
      if (literal(words[index])) return true;
    }
    return false;
  }

 private:
  static constexpr unsigned no_digit = 10;

  /// Above 9 for what is no digit.
  static constexpr unsigned value_of(char c) noexcept { return static_cast<unsigned>(c - '0'); }

  std::string_view rest_;
};

}  // namespace nunu::wire
