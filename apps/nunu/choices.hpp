/// \file
/// Words that flags have to choose from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "invocation.hpp"

namespace cli {

template <class T, std::size_t N>
using choices = std::array<std::pair<std::string_view, T>, N>;

inline constexpr choices<color_choice, 3> color_choices{{{"auto", color_choice::automatic},
                                                         {"always", color_choice::always},
                                                         {"never", color_choice::never}}};

inline constexpr choices<leftover, 2> leftover_choices{
    {{"stop", leftover::stop}, {"leave", leftover::leave}}};

enum class shell : std::uint8_t { bash, zsh, fish };

inline constexpr choices<shell, 3> shell_choices{
    {{"bash", shell::bash}, {"zsh", shell::zsh}, {"fish", shell::fish}}};

/// `auto|always|never`: what help shows, and what completion makes its words from.
template <class T, std::size_t N>
std::string joined(const choices<T, N>& all) {
  std::string text;
  for (const auto& [word, value] : all) {
    if (!text.empty()) text += '|';
    text += word;
  }
  return text;
}

}  // namespace cli
