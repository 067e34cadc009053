/// \file
/// Why something could not be done on the network.
#pragma once

#include <boost/system/result.hpp>
#include <string>

#include <nunu/error.hpp>

namespace nunu::transport {

struct failure {
  boost::system::error_code code;
  /// For people, with the host and the system's own words.
  std::string message;
};

template <class T>
using result = boost::system::result<T, failure>;

}  // namespace nunu::transport
