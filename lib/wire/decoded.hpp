/// \file
/// What decoding gives: the value, or what is wrong with the text.
#pragma once

#include <boost/system/result.hpp>
#include <string>

namespace nunu::wire {

/// The error is a sentence for people that begins with the field, such as "status is not a string",
/// or with "the body".
template <class T>
using decoded = boost::system::result<T, std::string>;

}  // namespace nunu::wire
