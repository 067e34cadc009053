/// \file
/// SIGINT and SIGTERM: the first asks the command to end, the second ends the process.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>

namespace cli {

/// Takes the signals over for the life of the object, of which there is one. The second signal is
/// not left to the event loop: that may be held up in a write to a terminal that is paused.
class interrupts {
 public:
  /// `on_first` is called on the executor with the number of the first signal.
  interrupts(const boost::asio::any_io_executor& executor, std::function<void(int)> on_first);
  interrupts(const interrupts&) = delete;
  interrupts& operator=(const interrupts&) = delete;
  ~interrupts();

 private:
  void listen();

  boost::asio::posix::stream_descriptor read_end_;
  int write_end_ = -1;
  char number_ = 0;
  std::function<void(int)> on_first_;
};

}  // namespace cli
