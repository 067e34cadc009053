#include "pace.hpp"

#include <algorithm>

namespace cli {

using namespace std::chrono_literals;

bool pace::due(time_point now, std::size_t ended, std::size_t in_all) {
  const auto since = now - told_;
  const std::size_t tenths = in_all == 0 ? 0 : ended * 10 / in_all;
  const bool by_time = since >= distance_;
  if (!by_time && (tenths <= tenths_ || since < 1s)) return false;
  if (by_time) distance_ = std::min<std::chrono::steady_clock::duration>(distance_ * 3 / 2, 60s);
  told_ = now;
  tenths_ = tenths;
  return true;
}

}  // namespace cli
