/// \file
/// Going through the pages of a group's listing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace nunu::core {

/// Which pages of a listing are still to be asked for. How many there are is learned from the pages
/// themselves, and may change on the way.
class group_sweep {
 public:
  /// Jobs on a page, the most that the service allows.
  static constexpr std::size_t kPageSize = 100;

  /// As many pages as the latest answer told; 0 before the first.
  std::uint32_t total_pages() const noexcept { return total_pages_; }
  bool under_way() const noexcept { return under_way_; }
  std::uint32_t in_flight() const noexcept { return in_flight_; }

  void begin() noexcept;
  /// Asks for no further page. Those in flight will still land.
  void abandon() noexcept;

  /// Another page can be asked for before any in flight has landed.
  bool has_next() const noexcept;
  /// The page to ask for; from then on it is in flight.
  std::uint32_t take_next() noexcept;

  void landed(std::uint32_t total_pages) noexcept;
  /// The page will be asked for again; where many have failed, so may others that have landed.
  void failed(std::uint32_t page) noexcept;

  /// Every page has landed. Ends the sweep when so.
  bool end_if_complete() noexcept;

 private:
  std::uint32_t total_pages_ = 0;
  std::uint32_t next_page_ = 0;
  std::uint32_t in_flight_ = 0;
  bool under_way_ = false;
  std::uint8_t failed_count_ = 0;
  /// So few have failed when the service is taken to be down. Should there be more, the sweep goes
  /// back to them: there may be no memory to remember them all.
  std::array<std::uint32_t, 4> failed_pages_{};
};

}  // namespace nunu::core
