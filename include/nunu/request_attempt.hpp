/// \file
/// What became of one request, for logs and traces.
#pragma once

#include <boost/system/error_code.hpp>
#include <chrono>
#include <string_view>

namespace nunu {

/// One attempt to send a request. It never contains the API key, nor what the bodies say. Its texts
/// are good during the call that it is given to.
struct request_attempt {
  /// Method and target, such as `GET /api/v1/jobs/f80f…`.
  std::string_view request{};
  /// Status of the answer. 0: no whole answer came.
  int http_status = 0;
  /// Why no whole answer came. None: it came.
  boost::system::error_code error{};
  /// What `error` is about, for people.
  std::string_view message{};
  /// From when writing began until the last byte was read, or the attempt failed. 0: nothing was
  /// written.
  std::chrono::nanoseconds duration{};
};

}  // namespace nunu
