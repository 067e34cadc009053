#include "core/job_ids.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace nunu::core {
namespace {

constexpr std::size_t kUuidLength = 36;
constexpr std::size_t kFewestBuckets = 16;

constexpr bool is_hyphen_place(std::size_t i) noexcept {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

/// Upper case is left to the texts, so that an id is sent as it was given.
constexpr int digit_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::optional<std::array<std::uint64_t, 2>> parse_uuid(std::string_view text) noexcept {
  if (text.size() != kUuidLength) return std::nullopt;
  std::array<std::uint64_t, 2> halves{};
  std::size_t digits = 0;
  for (std::size_t i = 0; i < kUuidLength; ++i) {
    if (is_hyphen_place(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = digit_value(text[i]);
    if (value < 0) return std::nullopt;
    auto& half = halves[digits++ / 16];
    half = half << 4 | static_cast<std::uint64_t>(value);
  }
  return halves;
}

void append_uuid(const std::array<std::uint64_t, 2>& halves, std::string& out) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::size_t digits = 0;
  for (std::size_t i = 0; i < kUuidLength; ++i) {
    if (is_hyphen_place(i)) {
      out += '-';
      continue;
    }
    const std::size_t shift = 60 - 4 * (digits % 16);
    out += hex[(halves[digits++ / 16] >> shift) & 0xF];
  }
}

/// Spreads what may differ in a few bits only (the finalizer of SplitMix64).
std::uint64_t mixed(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xBF58'476D'1CE4'E5B9;
  x = (x ^ (x >> 27)) * 0x94D0'49BB'1331'11EB;
  return x ^ (x >> 31);
}

}  // namespace

std::size_t job_ids::bucket_of(const key& k, bool is_text) const noexcept {
  const std::uint64_t hash = is_text ? k[1] : mixed(k[0] ^ mixed(k[1]));
  return static_cast<std::size_t>(hash) & (buckets_.size() - 1);
}

std::optional<job_ids::slot> job_ids::find(std::string_view id) const noexcept {
  if (const auto uuid = parse_uuid(id)) return find_key(*uuid, false, {});
  return find_key({0, std::hash<std::string_view>()(id)}, true, id);
}

std::optional<job_ids::slot> job_ids::find_key(const key& k, bool is_text,
                                               std::string_view text) const noexcept {
  if (buckets_.empty()) return std::nullopt;
  for (std::size_t at = bucket_of(k, is_text); buckets_[at] != kEmpty;
       at = (at + 1) & (buckets_.size() - 1)) {
    const slot s = buckets_[at];
    if (is_text_[s] != is_text) continue;
    if (is_text ? texts_[keys_[s][0]] == text : keys_[s] == k) return s;
  }
  return std::nullopt;
}

void job_ids::add(slot s, std::string_view id) {
  if (s >= keys_.size()) {
    keys_.resize(s + 1);
    is_text_.resize(s + 1);
  }
  if (4 * (size_ + 1) > 3 * buckets_.size()) grow();
  if (const auto uuid = parse_uuid(id)) {
    keys_[s] = *uuid;
    is_text_[s] = false;
  } else {
    if (free_texts_.empty()) {
      if (texts_.size() == texts_.capacity()) {
        texts_.reserve(std::max<std::size_t>(16, 2 * texts_.size()));
        free_texts_.reserve(texts_.capacity());
      }
      texts_.emplace_back();
      free_texts_.push_back(static_cast<std::uint32_t>(texts_.size() - 1));
    }
    texts_[free_texts_.back()] = id;
    keys_[s] = {free_texts_.back(), std::hash<std::string_view>()(id)};
    free_texts_.pop_back();
    is_text_[s] = true;
  }
  insert(s);
  ++size_;
}

void job_ids::insert(slot s) noexcept {
  std::size_t at = bucket_of(s);
  while (buckets_[at] != kEmpty) at = (at + 1) & (buckets_.size() - 1);
  buckets_[at] = s;
}

void job_ids::grow() {
  const std::vector<slot> old = std::exchange(
      buckets_, std::vector<slot>(std::max(kFewestBuckets, 2 * buckets_.size()), kEmpty));
  for (const slot s : old)
    if (s != kEmpty) insert(s);
}

void job_ids::remove(slot s) noexcept {
  const std::size_t mask = buckets_.size() - 1;
  std::size_t hole = bucket_of(s);
  while (buckets_[hole] != s) hole = (hole + 1) & mask;
  // Those behind it that were pushed on by it move up, so that no probe stops short of them.
  for (std::size_t at = (hole + 1) & mask; buckets_[at] != kEmpty; at = (at + 1) & mask) {
    const std::size_t wanted = bucket_of(buckets_[at]);
    if (((at - wanted) & mask) < ((at - hole) & mask)) continue;
    buckets_[hole] = buckets_[at];
    hole = at;
  }
  buckets_[hole] = kEmpty;
  --size_;
  if (!is_text_[s]) return;
  texts_[keys_[s][0]] = {};
  free_texts_.push_back(static_cast<std::uint32_t>(keys_[s][0]));
}

void job_ids::append_text(slot s, std::string& out) const {
  if (is_text_[s])
    out += texts_[keys_[s][0]];
  else
    append_uuid(keys_[s], out);
}

}  // namespace nunu::core
