/// \file
/// The type-erased completion handler between the templates in the headers and the compiled
/// library.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/system/error_code.hpp>

namespace nunu::detail {

template <class Result>
using signature = void(boost::system::error_code, Result);

template <class Result>
using handler = boost::asio::any_completion_handler<signature<Result>>;

}  // namespace nunu::detail
