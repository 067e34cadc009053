/// \file
/// A simulator of the nunu.ai API, for tests and demonstrations without an account.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nunu/api_key.hpp>
#include <nunu/export.hpp>
#include <nunu/simulator_fault.hpp>

namespace nunu {

namespace detail {
class simulator_state;
}

/// A span of time from which each job's own is drawn, both ends included. At most 30 days.
struct duration_range {
  std::chrono::milliseconds min{0};
  std::chrono::milliseconds max{0};
};

/// How the simulated service behaves. All randomness comes from `seed`.
struct simulator_config {
  /// 0: any free port. The simulator listens on 127.0.0.1 only.
  std::uint16_t port = 0;
  /// HTTPS with a certificate of its own, made at start; false: plain http.
  bool tls = true;
  /// The key that requests must carry, with all permissions.
  nunu::api_key api_key{std::string("simulator-key")};
  /// A key that may read but neither start nor stop (`project:read-runs`). Empty: there is none.
  nunu::api_key read_only_key{};
  /// The id of the only project.
  std::string project_id = "simulated-project";

  /// From the creation of a job to the beginning of its first attempt.
  duration_range queue_time{std::chrono::milliseconds(500), std::chrono::milliseconds(2'000)};
  /// Of one attempt, drawn for each: its first tenth is STARTING, its last CLEANING_UP, each a
  /// second at most. A retry follows at once. With both times 0 jobs are completed when they are
  /// created.
  duration_range run_time{std::chrono::milliseconds(2'000), std::chrono::milliseconds(8'000)};
  /// Every test plan has this many tests; at most 10,000.
  int tests_per_plan = 25;
  /// Of the tests that are carried out, the part that passes; the rest fail or are blocked.
  double pass_rate = 0.9;
  /// Of all attempts, the part that ends in ERROR or TIMEOUT; `retries` retry these.
  double execution_failure_rate = 0.0;
  /// Answers above this many a second are 429, once a burst of one second's worth is used up.
  /// Requests without a valid key do not count. None: no limit.
  std::optional<double> rate_limit_per_second{};
  /// With `Retry-After` on 429.
  bool send_retry_after = true;
  /// Starts are answered with 200 in the older envelope (`{"ok": true, "data": …}`), and errors
  /// likewise. Jobs and pages of jobs have one form only.
  bool older_envelopes = false;
  /// What breaks, and when. Empty: nothing does.
  std::vector<fault> faults{};
  /// The same requests in the same order give the same ids, results and durations, and break alike.
  std::uint64_t seed = 1;
};

/// Counts of what the simulated service has seen. `GET /simulator/stats` answers more, as JSON.
struct simulator_stats {
  /// Requests answered, those that were refused too; not those for the counts themselves, and not
  /// those that a fault kept from the service. An answer is counted before its first byte is sent,
  /// as the service gave it, whatever a fault makes of it.
  std::uint64_t requests = 0;
  std::uint64_t connections = 0;
  /// Handshakes that succeeded, and those among them that resumed a session.
  std::uint64_t tls_handshakes = 0;
  std::uint64_t tls_resumptions = 0;
  /// Starts that took effect, and the jobs that came of them.
  std::uint64_t runs = 0;
  std::uint64_t jobs = 0;
  /// Starts that carried a launch tag (`nunu-launch-…`) which an earlier start had carried.
  std::uint64_t launches_seen_twice = 0;
  /// Exchanges and connections that a fault happened to. Counted before the peer can notice.
  std::uint64_t faults = 0;
};

/// The simulated service: listens from construction until it is closed or destroyed.
///
/// It works on a strand of the executor it is given, so it can share an `io_context` with the code
/// under test. The execution context must outlive it. Members may be called from any thread; the
/// simulator may be destroyed while other threads run the context. What goes wrong inside, such as
/// a lack of memory, is thrown out of the context's `run()`.
/// Jobs live in its memory only and take their course by themselves: QUEUED, STARTING, RUNNING,
/// CLEANING_UP, COMPLETED.
class simulator {
 public:
  /// Throws `boost::system::system_error` when the port cannot be listened on, and
  /// `std::invalid_argument` for a configuration that makes no sense (the message names the field).
  NUNU_EXPORT simulator(boost::asio::any_io_executor executor, simulator_config config = {});
  simulator(simulator&&) noexcept = default;
  simulator& operator=(simulator&&) = delete;
  NUNU_EXPORT ~simulator();

  NUNU_EXPORT std::uint16_t port() const noexcept;
  /// For `client_config::base_url`: `https://localhost:<port>/api/v1`, or with `http`.
  NUNU_EXPORT std::string base_url() const;
  /// The certificate in PEM, for a client to trust; empty without TLS. It is made for `localhost`,
  /// `127.0.0.1` and `::1`.
  NUNU_EXPORT std::string certificate_pem() const;

  NUNU_EXPORT simulator_stats stats() const;

  /// Replaces the rules: for requests that are sent after this has returned, if the context runs,
  /// and for those that have not been looked at. What has begun to break goes on to. Each rule's
  /// count begins anew. Throws `std::invalid_argument` as the constructor does.
  NUNU_EXPORT void set_faults(std::vector<fault> rules);

  /// Goes away for a while, as a service does that is restarted: closes all connections, refuses
  /// new ones, and listens again on the same port when the time is over. Jobs are kept and take
  /// their course. Called again meanwhile, the time begins anew. Does nothing once closed.
  NUNU_EXPORT void pause_listening(std::chrono::milliseconds duration);

  /// Stops listening and closes all connections, as soon as the context runs. The counts and the
  /// certificate stay. Calling it again does nothing.
  NUNU_EXPORT void close() noexcept;

 private:
  std::shared_ptr<detail::simulator_state> state_;
};

}  // namespace nunu
