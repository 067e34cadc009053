/// \file
/// The ids of many jobs, compactly.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nunu::core {

/// UUIDs are the same in upper and lower case.
bool same_job_id(std::string_view a, std::string_view b) noexcept;

/// A map between the ids of jobs and small numbers that its owner chooses, both ways. An id in the
/// usual form, a UUID in lower case, takes 16 bytes; any other is kept as text. An id is
/// given back as it was added.
class job_ids {
 public:
  using slot = std::uint32_t;

  std::optional<slot> find(std::string_view id) const noexcept;
  /// Neither the slot nor the id may be in the map. Nothing is added when it throws.
  void add(slot s, std::string_view id);
  /// The slot must be in the map.
  void remove(slot s) noexcept;
  /// The slot must be in the map. Appends the id to `out`.
  void append_text(slot s, std::string& out) const;

  std::size_t size() const noexcept { return size_; }

 private:
  /// A UUID's bits; or, in the first, the place in `texts_` of any other text, and its hash.
  using key = std::array<std::uint64_t, 2>;

  static constexpr slot kEmpty = 0xFFFF'FFFF;

  struct bucket {
    slot of = kEmpty;
    /// Of the id. Keys lie all over the memory: with it hardly any other than the one that is
    /// looked for has to be read.
    std::uint32_t hash = 0;
  };

  std::uint32_t hash_of(slot s) const noexcept;
  void insert(bucket b) noexcept;
  void grow();

  std::vector<key> keys_;
  std::vector<bool> is_text_;
  std::vector<std::string> texts_;
  std::vector<std::uint32_t> free_texts_;
  /// Open addressing with linear probing; at least a quarter is empty.
  std::vector<bucket> buckets_;
  std::size_t size_ = 0;
};

}  // namespace nunu::core
