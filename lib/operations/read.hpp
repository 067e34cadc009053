/// \file
/// Asking the service for something, as often as it takes.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "operations/client_state.hpp"
#include "operations/exchange.hpp"
#include "operations/operation.hpp"
#include "wire/decoded.hpp"

namespace nunu::operations {

template <class Result>
completion<Result> invalid(std::string problem) {
  return {errc::invalid_request, {.message = std::move(problem)}};
}

/// `GET` of the target, whose answer 200 is given to `decode`.
template <class Result>
transport::task<completion<Result>> read(detail::client_state& state, cancellation& cancel,
                                         std::string target, core::time_point deadline,
                                         wire::decoded<Result> (*decode)(std::string_view)) {
  const request what = get_request(state, request_kind::read, std::move(target));
  const attempt last = co_await exchange_repeatable(state, cancel, what, deadline);
  completion<Result> result;
  if (last.outcome.progress != core::progress::answered || last.outcome.status != 200) {
    result.code = error_of(last);
    result.details = details_of(state, last, what);
    co_return result;
  }
  if (auto decoded = decode(last.reply.body)) {
    result.value = *std::move(decoded);
  } else {
    result.code = errc::bad_response;
    result.details = details_of_unfamiliar(state, last, what, decoded.error());
  }
  co_return result;
}

/// Makes an answer about another job or run than was asked for an error.
template <class Result>
void refuse_another(completion<Result>& found, std::string_view kind, std::string_view asked_for) {
  found.code = errc::bad_response;
  // Its id is not quoted: who answers so may have put anything there, the key too.
  std::string& message = found.details.message = "asked for ";
  message.append(kind).append(" ").append(asked_for).append(", answered with another");
  found.value = {};
}

}  // namespace nunu::operations
