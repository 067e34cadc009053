/// \file
/// Who may do what.
#pragma once

#include <string_view>

#include <nunu/simulator.hpp>

namespace nunu::simulation {

/// Each includes the ones before it.
enum class permission {
  none,
  /// `project:read-runs`
  read,
  /// `project:operate-runs`
  operate,
};

inline permission permission_of(const simulator_config& config, std::string_view key) {
  if (key.empty()) {
    return permission::none;
  }
  if (key == config.api_key.reveal()) {
    return permission::operate;
  }
  return key == config.read_only_key.reveal() ? permission::read : permission::none;
}

}  // namespace nunu::simulation
