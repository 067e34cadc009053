// chaos: those who start runs and wait for their jobs, and change their minds now and then.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nunu/client.hpp>
#include "chaos_account.hpp"

namespace nunu::chaos {

namespace asio = boost::asio;

class draws;

/// Callers of one client, as careful as the client asks them to be: what was not sent is tried
/// again with its launch id, and of a start that was cancelled they still want to know what became
/// of it. When five eighths of the starts have begun the client is destroyed in the middle of
/// everything, and a new one made, as by a program that is restarted and has kept its launch ids
/// and job ids.
class callers {
 public:
  /// All must outlive it.
  callers(asio::io_context& context, client_config config, std::uint64_t runs, std::uint64_t seed,
          account& told);
  callers(const callers&) = delete;
  callers& operator=(const callers&) = delete;

  /// They have ended when the context has nothing more to do.
  void begin();

  /// All jobs that the service has, once no more are started.
  asio::awaitable<std::vector<job>> list_jobs();

 private:
  using ids = std::vector<std::string>;

  void replace_client();
  void hear_late(const started_run& run);
  void spawn(asio::awaitable<void> caller);

  asio::awaitable<void> start_and_wait();
  /// Gives the jobs that are known to have started, so far.
  asio::awaitable<ids> start(std::uint64_t number, draws& luck);
  asio::awaitable<ids> find(std::string launch_id);
  asio::awaitable<void> find_and_wait(std::string launch_id, std::uint64_t number);
  asio::awaitable<void> wait(ids jobs, std::uint64_t number, draws luck);
  asio::awaitable<void> watch(ids jobs, std::uint64_t number, draws luck);
  void take(const job_outcome& outcome);

  asio::io_context& context_;
  client_config config_;
  std::uint64_t runs_;
  std::uint64_t seed_;
  account& told_;
  std::optional<client> client_;
  /// Launch ids of cancelled starts, with the start's number: nobody asks for them, since what has
  /// started will be told by the client.
  std::map<std::string, std::uint64_t> left_to_the_client_;
};

}  // namespace nunu::chaos
