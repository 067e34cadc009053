#include <nunu/simulator.hpp>

#include <utility>

#include "simulator/server.hpp"

namespace nunu {

simulator::simulator(boost::asio::any_io_executor executor, simulator_config config)
    : state_(detail::simulator_state::listen(std::move(executor), config)) {
  state_->accept();
}

simulator::~simulator() {
  if (state_) {
    state_->close();
  }
}

std::uint16_t simulator::port() const noexcept {
  return state_->port();
}

std::string simulator::base_url() const {
  return state_->base_url();
}

std::string simulator::certificate_pem() const {
  return state_->certificate_pem();
}

simulator_stats simulator::stats() const {
  return state_->stats();
}

void simulator::set_faults(std::vector<fault> rules) {
  state_->set_faults(std::move(rules));
}

void simulator::pause_listening(std::chrono::milliseconds duration) {
  state_->pause_listening(duration);
}

void simulator::close() noexcept {
  state_->close();
}

}  // namespace nunu
