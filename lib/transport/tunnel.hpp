/// \file
/// The way through a proxy.
#pragma once

#include <boost/system/error_code.hpp>
#include <string>
#include <string_view>

#include "transport/dial.hpp"
#include "transport/task.hpp"
#include "wire/proxy.hpp"

namespace nunu::transport {

/// The request for a tunnel to `to`. It has nothing of what goes through the tunnel later.
std::string connect_request(const wire::endpoint& to, const wire::proxy& through);

/// What a proxy said to it.
struct tunnel_answer {
  /// Why there is no whole answer, or why it is of no use.
  boost::system::error_code error;
  int status = 0;

  bool agreed() const noexcept { return !error && status >= 200 && status < 300; }
};

/// Sends the request to the proxy and reads the header of the answer. Bytes after it are an error:
/// the server speaks after the client (RFC 8446, 4.1), so they can only be the proxy's.
task<tunnel_answer> ask_for_tunnel(dial::socket& proxy, std::string_view request);

}  // namespace nunu::transport
