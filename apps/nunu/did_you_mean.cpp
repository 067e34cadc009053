#include "did_you_mean.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace cli {
namespace {

/// How many letters have to be put in, left out or changed.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t changed = diagonal + static_cast<std::size_t>(from[i] != to[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, changed});
    }
  }
  return row.back();
}

/// A typing error or two, in a word that is long enough to be told by the rest.
bool is_near(std::string_view word, std::string_view name, std::size_t letters) {
  return letters <= 2 && letters * 2 <= std::max(word.size(), name.size());
}

/// A part of a name, such as `tags` of `additional_tags`.
bool is_part(std::string_view word, std::string_view name) {
  constexpr std::size_t enough = 4;
  return word.size() >= enough && name.find(word) != std::string_view::npos;
}

}  // namespace

std::string nearest_name(std::string_view word, std::span<const std::string> names) {
  std::string nearest;
  std::size_t least = word.size() + 1;
  for (const std::string& name : names) {
    const std::size_t letters = distance(word, name);
    if (letters < least && is_near(word, name, letters)) {
      nearest = name;
      least = letters;
    }
  }
  if (!nearest.empty()) return nearest;
  const auto whole =
      std::ranges::find_if(names, [word](const std::string& name) { return is_part(word, name); });
  return whole == names.end() ? nearest : *whole;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> names) {
  const std::string name = nearest_name(word, names);
  return name.empty() ? name : "; did you mean " + name + '?';
}

}  // namespace cli
