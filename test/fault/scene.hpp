// One operation at a peer that answers as scripted; several can be played side by side.
#pragma once

#include <algorithm>
#include <deque>
#include <utility>

#include "events.hpp"
#include "operations.hpp"
#include "scripted_server.hpp"

namespace nunu::test {

class scene {
 public:
  using script = std::deque<scripted_server::reply>;

  scene(asio::io_context& context, operation asked, script answers,
        const client_config& config = config_for({}))
      : what(asked), server(context, std::move(answers)), c(context.get_executor(), at(config)) {
    result.begin(c, what);
  }

  operation what;
  scripted_server server;
  client c;
  call result;

 private:
  client_config at(client_config config) const {
    config.base_url = server.base_url();
    return config;
  }
};

/// Until each has ended, so that the pauses of all pass together.
inline void play(asio::io_context& context, std::deque<scene>& scenes) {
  run_until(context, [&] {
    return std::ranges::all_of(scenes, [](const scene& s) { return s.result.ended(); });
  });
}

}  // namespace nunu::test
