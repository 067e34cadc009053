/// \file
/// Launch ids and groups, and the tags that carry them to the service.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nunu::core {

/// The longest launch id or group, so that the longer of the two tags has 50 characters.
inline constexpr std::size_t kMaxLabelLength = 38;

/// Lower-case letters, digits and `-`, 1 to `kMaxLabelLength` of them.
bool is_label(std::string_view text) noexcept;

/// 32 hexadecimal digits out of 128 random bits.
std::string mint_label(std::uint64_t high, std::uint64_t low);

std::string launch_tag(std::string_view launch_id);
std::string group_tag(std::string_view group);
bool is_group_tag(std::string_view tag) noexcept;

}  // namespace nunu::core
