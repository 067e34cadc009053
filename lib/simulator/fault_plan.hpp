/// \file
/// Which fault happens to which exchange, and what becomes of it. No network, no clock.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <nunu/simulator_fault.hpp>
#include "simulator/route.hpp"

namespace nunu::simulation {

/// How much of a request is there, in bytes.
struct request_progress {
  std::uint64_t arrived = 0;
  /// Of all of it; of a chunked one, as much as is known of it.
  std::uint64_t size = 0;
  /// Nothing more of it is to come.
  bool complete = false;
};

/// A rule that has picked an exchange, with what was drawn for it.
class injection {
 public:
  injection(fault rule, endpoint to, std::uint64_t draw)
      : rule_(std::move(rule)), to_(to), draw_(draw) {}

  const fault& rule() const { return rule_; }
  endpoint to() const { return to_; }

  /// Whether the request goes no further.
  bool stops_request(const request_progress& r) const;
  /// Whether it was read to its end then, so that another one can follow.
  bool leaves_request_whole(const request_progress& r) const;

  /// Puts what the rule says into the text of an answer, which may be empty. Gives the number of
  /// its bytes that are sent before the rule's action happens.
  std::size_t spoil(std::string& answer_text) const;

 private:
  std::uint64_t byte_of(std::uint64_t size) const;

  fault rule_;
  endpoint to_;
  std::uint64_t draw_;
};

/// The rules, and how many exchanges each has seen. The same seed and the same calls pick the same.
class fault_plan {
 public:
  /// `rules` are such that `problem_of` has nothing against them.
  fault_plan(std::vector<fault> rules, std::uint64_t seed);

  /// The counts of exchanges begin anew; the draws go on.
  void replace(std::vector<fault> rules);

  bool empty() const { return rules_.empty(); }

  /// For a new connection, at `accept` and again at `handshake`.
  std::optional<injection> for_connection(fault::stage at);
  std::optional<injection> for_request(endpoint to);

 private:
  struct counted_rule {
    fault what;
    /// None: any.
    std::optional<endpoint> to;
    std::uint64_t seen = 0;
  };

  bool picks(counted_rule& rule);
  template <class Concerns>
  std::optional<injection> pick(endpoint to, const Concerns& concerns);

  std::vector<counted_rule> rules_;
  std::mt19937_64 random_;
};

/// How many faults have happened, by what they happened to.
struct fault_counts {
  std::uint64_t total = 0;
  std::uint64_t accept = 0;
  std::uint64_t handshake = 0;
  std::array<std::uint64_t, endpoint_count> request{};
  std::array<std::uint64_t, endpoint_count> answer{};

  void add(const injection& happened);
};

}  // namespace nunu::simulation
