#include "core/launch.hpp"

#include <algorithm>

namespace nunu::core {

bool is_label(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMaxLabelLength &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

std::string mint_launch_id(std::uint64_t high, std::uint64_t low) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string id;
  id.reserve(32);
  for (const std::uint64_t half : {high, low})
    for (int shift = 60; shift >= 0; shift -= 4) id += digits[(half >> shift) & 0xF];
  return id;
}

std::string launch_tag(std::string_view launch_id) {
  return std::string("nunu-launch-").append(launch_id);
}

std::string group_tag(std::string_view group) {
  return std::string("nunu-group-").append(group);
}

}  // namespace nunu::core
