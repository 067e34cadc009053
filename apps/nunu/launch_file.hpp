/// \file
/// The runs that a launch file asks for.
///
/// `{"defaults": {…}, "runs": [{…}, …]}`, with the fields of `POST /runs` and, for each run, an
/// optional `key`. A run is put onto the defaults as a JSON Merge Patch (RFC 7396): objects are
/// merged by name at every depth, lists and all else are replaced, and null takes a default away.
/// A run that names a test, a plan or instructions drops those of the defaults, and so it does with
/// the defaults that cannot be used with what it names.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "invocation.hpp"

namespace cli {

/// So many problems are told; of those beyond, only the number.
inline constexpr std::size_t kMostLaunchProblems = 20;

/// All runs, with their keys and without launch ids, or everything that is wrong with the file:
/// lines that begin with `FILE:LINE: `, in the file's order. They have names and values as the file
/// has them.
boost::system::result<std::vector<planned_run>, std::vector<std::string>> read_launch_file(
    std::string_view file, std::string_view text);

}  // namespace cli
