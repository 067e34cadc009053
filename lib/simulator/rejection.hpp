/// \file
/// Why a request is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nunu::simulation {

/// What an error answer says.
struct rejection {
  int status;
  /// Such as `NOT_FOUND`.
  std::string_view code;
  std::string message;
  /// The field of the request that is wrong, for `details`; empty when it is no field's fault.
  std::string field;
};

inline rejection invalid(std::string_view field, std::string_view problem) {
  return {400, "VALIDATION_ERROR", std::string(field) + " " + std::string(problem),
          std::string(field)};
}

}  // namespace nunu::simulation
