/// \file
/// What reading the user's words gives: the value, or what is wrong with them.
#pragma once

#include <boost/system/result.hpp>
#include <string>

namespace cli {

/// The error is a sentence for people, without the name of what was read.
template <class T>
using checked = boost::system::result<T, std::string>;

}  // namespace cli
