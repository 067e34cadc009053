#include "interrupts.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

namespace cli {
namespace {

/// Where the handler writes the number of the first signal.
std::atomic<int> told_through{-1};
std::atomic<bool> told{false};

static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free,
              "the handler of a signal may use nothing else");

extern "C" void handle_signal(int number) {
  constexpr int exit_on_signal = 128;
  if (told.exchange(true)) _exit(exit_on_signal + number);
  const int before = errno;
  const char text = static_cast<char>(number);
  // It cannot fail: the pipe is empty, since only one byte is ever written.
  [[maybe_unused]] const auto written = write(told_through, &text, 1);
  errno = before;
}

void handle_with(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM}) {
    struct sigaction before {};
    sigaction(number, nullptr, &before);
    // A shell starts what it puts into the background so.
    if (before.sa_handler != SIG_IGN) sigaction(number, &action, nullptr);
  }
}

}  // namespace

interrupts::interrupts(const boost::asio::any_io_executor& executor,
                       std::function<void(int)> on_first)
    : read_end_(executor), on_first_(std::move(on_first)) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot wait for signals");
  read_end_.assign(ends[0]);
  write_end_ = ends[1];
  told = false;
  told_through = write_end_;
  handle_with(handle_signal);
  listen();
}

interrupts::~interrupts() {
  handle_with(SIG_DFL);
  told_through = -1;
  close(write_end_);
}

void interrupts::listen() {
  boost::asio::async_read(read_end_, boost::asio::buffer(&number_, 1),
                          [this](boost::system::error_code ec, std::size_t) {
                            if (!ec) on_first_(number_);
                          });
}

}  // namespace cli
