#include "core/launch.hpp"

#include <algorithm>

namespace nunu::core {
namespace {

constexpr std::string_view kLaunchPrefix = "nunu-launch-";
constexpr std::string_view kGroupPrefix = "nunu-group-";

}  // namespace

bool is_label(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMaxLabelLength &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

std::string mint_label(std::uint64_t high, std::uint64_t low) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string id;
  id.reserve(32);
  for (const std::uint64_t half : {high, low})
    for (int shift = 60; shift >= 0; shift -= 4) id += digits[(half >> shift) & 0xF];
  return id;
}

std::string launch_tag(std::string_view launch_id) {
  return std::string(kLaunchPrefix).append(launch_id);
}

std::string group_tag(std::string_view group) {
  return std::string(kGroupPrefix).append(group);
}

bool is_group_tag(std::string_view tag) noexcept {
  return tag.starts_with(kGroupPrefix);
}

}  // namespace nunu::core
