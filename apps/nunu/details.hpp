/// \file
/// What the service tells about runs that did not pass.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>

#include "results.hpp"
#include "session.hpp"

namespace cli {

/// As many failures are explained in full; the others have their links. Each takes two requests.
inline constexpr std::size_t kMostDetails = 100;

/// Adds details and bugs of the run that decided to the results that did not pass, as far as the
/// service gives them.
boost::asio::awaitable<void> add_details(session& s, results& to);

}  // namespace cli
