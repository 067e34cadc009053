/// \file
/// Launch ids that come out the same on every machine and in every version, so that whoever runs a
/// command again finds what was started.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nunu/run.hpp>

namespace cli {

/// What fits in the service's tags.
inline constexpr std::size_t kLongestGroup = 38;

/// Lower-case letters, digits and `-`, 1 to `kLongestGroup` of them.
bool is_group(std::string_view text) noexcept;

/// Of a run in a launch file: 32 hexadecimal digits, the FNV-1a hash of the group, a NUL and the
/// key. Empty where there is no group. It must never change: runs that an earlier version started
/// would not be found, and started again.
std::string launch_id_of(std::string_view group, std::string_view key);

/// Of a run that has no key: what it asks for takes its place, every field of it.
std::string launch_id_of(std::string_view group, const nunu::run_request& request);

}  // namespace cli
