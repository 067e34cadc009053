/// \file
/// Names of errors, for programs.
#pragma once

#include <boost/system/error_code.hpp>
#include <string>

namespace cli {

/// The enumerator's name for an error of the client, such as `not_found`; `operation_aborted`; else
/// the category and the number, such as `system:104`. Empty for no error.
std::string error_name(boost::system::error_code error);

}  // namespace cli
