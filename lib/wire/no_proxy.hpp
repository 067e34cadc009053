/// \file
/// What goes past the proxy.
#pragma once

#include <string_view>

#include "wire/endpoint.hpp"

namespace nunu::wire {

/// Whether `client_config::no_proxy` names what a connection is made to. Nothing is resolved: an
/// address in the list is compared with an address, a name with a name.
bool goes_past_proxy(const endpoint& to, std::string_view no_proxy);

}  // namespace nunu::wire
