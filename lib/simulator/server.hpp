/// \file
/// The simulated API on a port of the loopback interface.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <nunu/simulator.hpp>

namespace nunu::detail {

/// Made, started and closed by `simulator`, and kept alive by the coroutines it spawns.
/// Members may be called from any thread.
class simulator_state {
 public:
  /// Listens; `accept` begins to take connections. Throws as `simulator` does.
  static std::shared_ptr<simulator_state> listen(boost::asio::any_io_executor executor,
                                                 const simulator_config& config);

  virtual ~simulator_state() = default;

  virtual void accept() = 0;
  virtual void close() = 0;
  virtual void set_faults(std::vector<fault> rules) = 0;
  virtual void pause_listening(std::chrono::milliseconds duration) = 0;
  virtual std::uint16_t port() const = 0;
  virtual std::string base_url() const = 0;
  virtual std::string certificate_pem() const = 0;
  virtual simulator_stats stats() const = 0;
};

}  // namespace nunu::detail
