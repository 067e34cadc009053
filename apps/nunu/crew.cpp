#include "crew.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>

namespace cli {
namespace {

boost::asio::awaitable<void> take_turns(
    std::size_t& next, std::size_t count,
    const std::function<boost::asio::awaitable<void>(std::size_t)>& work) {
  while (next < count) {
    const std::size_t mine = next++;
    co_await work(mine);
  }
}

}  // namespace

boost::asio::awaitable<void> for_each_of(
    std::size_t count, std::size_t at_once,
    std::function<boost::asio::awaitable<void>(std::size_t)> work) {
  std::size_t next = 0;
  crew workers(co_await boost::asio::this_coro::executor);
  for (std::size_t i = 0; i < std::min(count, at_once); ++i)
    workers.spawn(take_turns(next, count, work));
  co_await workers.wait();
}

}  // namespace cli
