/// \file
/// Words to choose from: the commands, and the values of flags and arguments.
#pragma once

#include <algorithm>
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

inline constexpr choices<command, 6> command_choices{{{"run", command::run},
                                                      {"launch", command::launch},
                                                      {"wait", command::wait},
                                                      {"stop", command::stop},
                                                      {"status", command::status},
                                                      {"show", command::show}}};

inline constexpr choices<color_choice, 3> color_choices{{{"auto", color_choice::automatic},
                                                         {"always", color_choice::always},
                                                         {"never", color_choice::never}}};

inline constexpr choices<leftover, 2> leftover_choices{
    {{"stop", leftover::stop}, {"leave", leftover::leave}}};

enum class shell : std::uint8_t { bash, zsh, fish };

inline constexpr choices<shell, 3> shell_choices{
    {{"bash", shell::bash}, {"zsh", shell::zsh}, {"fish", shell::fish}}};

/// The word for one of them.
template <class T, std::size_t N>
constexpr std::string_view word_of(T chosen, const choices<T, N>& all) {
  return std::ranges::find(all, chosen, &std::pair<std::string_view, T>::second)->first;
}

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
