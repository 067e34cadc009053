/// \file
/// The page of the report for people, without results.
#pragma once

#include <string_view>

namespace cli {

/// Made of the files in report/ when the build is configured.
extern const std::string_view report_page;

/// Stands once in it, where the results belong.
inline constexpr std::string_view place_of_results = "RESULTS";

}  // namespace cli
