/// \file
/// Texts that many jobs share, kept once.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace nunu::simulation {

/// Gives each distinct text a small number, counting from 0.
class string_pool {
 public:
  std::uint32_t intern(std::string_view text) {
    if (const auto found = find(text)) {
      return *found;
    }
    const auto number = static_cast<std::uint32_t>(texts_.size());
    texts_.emplace_back(text);
    numbers_.emplace(texts_.back(), number);
    return number;
  }

  std::optional<std::uint32_t> find(std::string_view text) const {
    const auto found = numbers_.find(text);
    return found == numbers_.end() ? std::nullopt : std::optional(found->second);
  }

  const std::string& operator[](std::uint32_t number) const { return texts_[number]; }

  std::size_t size() const { return texts_.size(); }

 private:
  // A deque never moves its elements, and the map refers to them.
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

}  // namespace nunu::simulation
