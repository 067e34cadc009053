/// \file
/// Faults of the simulated service: rules that say which exchange breaks, where, and how.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nunu/export.hpp>

namespace nunu {

/// One rule. `simulator_config::faults` and `simulator::set_faults` take a list of them: the first
/// one that picks an exchange is the one that happens to it. Each rule counts and draws for itself,
/// whether or not one before it has picked the same exchange.
struct fault {
  /// Where it happens, which also decides whether the request takes effect.
  enum class stage {
    /// As soon as a connection is accepted. Over https the handshake has not begun.
    accept,
    /// When the first bytes of a TLS handshake have come. Only with `simulator_config::tls`.
    handshake,
    /// While a request comes in: it takes no effect.
    request,
    /// While an answer goes out: the request has taken effect, as far as the service accepts it.
    answer,
  };

  enum class action {
    /// None beside `status`, `headers` and `body`: the connection goes on.
    none,
    /// The connection ends in order: over https with close_notify, then with FIN.
    close,
    /// It ends with FIN alone. Over https that is a truncated stream; over http the same as
    /// `close`.
    truncate,
    /// It ends with RST.
    reset,
    /// Nothing more is said until the peer goes away.
    stall,
    /// Control characters, which neither HTTP nor JSON allows, in place of the rest of the answer;
    /// 16 of them at least. The connection goes on, except in a handshake.
    garbage,
    /// The rest of the answer goes out byte by byte, with `drip_interval` before each.
    drip,
  };

  struct header {
    std::string name;
    /// Empty: the answer goes without that header.
    std::string value;
  };

  /// For `byte`: once all of it is through.
  static constexpr std::uint64_t end = std::numeric_limits<std::uint64_t>::max();
  static constexpr std::uint64_t no_last = std::numeric_limits<std::uint64_t>::max();

  /// Which requests are meant: `start_run`, `start_plan`, `get_job`, `list_jobs`, `stop_jobs`,
  /// `get_run`, `list_bugs`, `unknown` or `any`. For the counts of the simulator it is never one.
  std::string endpoint = "any";
  /// Among those, counted from 1 (for `accept` and `handshake` connections are counted): the first,
  /// the `every`-th after it and so on, up to `last`.
  std::uint64_t first = 1;
  std::uint64_t last = no_last;
  std::uint64_t every = 1;
  /// Of those, the part that is picked, from 0 to 1, drawn from the simulator's seed.
  double probability = 1.0;

  stage at = stage::answer;
  /// How many bytes come or go before it happens; none: drawn each time, from 0 to all. A request
  /// is looked at once its header is complete, so that no fewer bytes than these come in.
  std::optional<std::uint64_t> byte = 0;
  action then = action::none;
  std::chrono::milliseconds drip_interval{0};

  /// Answers with this status instead, and with an error for a body. At `stage::request` it is the
  /// only answer there is; the connection goes on if the request was read to its end.
  std::optional<int> status{};
  /// Take the place of the answer's headers of these names.
  std::vector<header> headers{};
  /// Answers with this body instead, whose length `Content-Length` says.
  std::optional<std::string> body{};
};

/// Reads a rule such as `start_run #3 answer:17 reset`; docs/simulator.md has the grammar.
/// Throws `std::invalid_argument`, which says what is wrong and what would be right.
NUNU_EXPORT fault parse_fault(std::string_view text);

}  // namespace nunu
