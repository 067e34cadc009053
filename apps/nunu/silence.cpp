#include "silence.hpp"

#include <algorithm>
#include <utility>

namespace cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 3s;

}  // namespace

silence::news silence::after(bool got_through, time_point begun, time_point now) {
  if (got_through) {
    heard_ = now;
    since_.reset();
    return std::exchange(told_, false) ? news::over : news::none;
  }
  // Others may have got through since it was begun.
  if (!since_) since_ = std::max(begun, heard_);
  if (told_ || now - *since_ < kPatience) return news::none;
  told_ = true;
  return news::began;
}

}  // namespace cli
