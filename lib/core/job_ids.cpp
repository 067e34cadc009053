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

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::uint8_t kNoDigit = 0xFF;

constexpr std::string_view kCapitalDigits = "0123456789ABCDEF";

/// By character: nobody can foresee whether the next digit is a letter, so it is not asked.
constexpr auto kDigitValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (const std::string_view digits : {kDigits, kCapitalDigits})
    for (std::size_t i = 0; i < digits.size(); ++i)
      values[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
  return values;
}();

std::optional<std::array<std::uint64_t, 2>> parse_uuid(std::string_view text) noexcept {
  if (text.size() != kUuidLength) return std::nullopt;
  std::array<std::uint64_t, 2> halves{};
  std::size_t digits = 0;
  for (std::size_t i = 0; i < kUuidLength; ++i) {
    if (is_hyphen_place(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const std::uint8_t value = kDigitValues[static_cast<unsigned char>(text[i])];
    if (value == kNoDigit) return std::nullopt;
    auto& half = halves[digits++ / 16];
    half = half << 4 | value;
  }
  return halves;
}

void append_uuid(const std::array<std::uint64_t, 2>& halves, std::string& out) {
  std::array<char, kUuidLength> text{};
  std::size_t digits = 0;
  for (std::size_t i = 0; i < kUuidLength; ++i) {
    if (is_hyphen_place(i)) {
      text[i] = '-';
      continue;
    }
    const std::size_t shift = 60 - 4 * (digits % 16);
    text[i] = kDigits[(halves[digits++ / 16] >> shift) & 0xF];
  }
  out.append(text.data(), text.size());
}

bool has_capitals(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// Spreads what may differ in a few bits only (the finalizer of SplitMix64).
std::uint64_t mixed(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xBF58'476D'1CE4'E5B9;
  x = (x ^ (x >> 27)) * 0x94D0'49BB'1331'11EB;
  return x ^ (x >> 31);
}

std::uint64_t mixed(const std::array<std::uint64_t, 2>& halves) noexcept {
  return mixed(halves[0] ^ mixed(halves[1]));
}

/// The same for UUIDs that differ in case only.
std::uint64_t hash_of_text(std::string_view id) noexcept {
  const auto uuid = parse_uuid(id);
  return uuid ? mixed(*uuid) : std::hash<std::string_view>()(id);
}

}  // namespace

bool same_job_id(std::string_view a, std::string_view b) noexcept {
  const auto uuid = parse_uuid(a);
  return uuid ? uuid == parse_uuid(b) : a == b;
}

std::uint32_t job_ids::hash_of(slot s) const noexcept {
  const key& k = keys_[s];
  return static_cast<std::uint32_t>(is_text_[s] ? k[1] : mixed(k));
}

std::optional<job_ids::slot> job_ids::find(std::string_view id) const noexcept {
  if (buckets_.empty()) return std::nullopt;
  const auto uuid = parse_uuid(id);
  const std::size_t mask = buckets_.size() - 1;
  const auto hash =
      static_cast<std::uint32_t>(uuid ? mixed(*uuid) : std::hash<std::string_view>()(id));
  for (std::size_t at = hash & mask; buckets_[at].of != kEmpty; at = (at + 1) & mask) {
    if (buckets_[at].hash != hash) continue;
    const slot s = buckets_[at].of;
    if (!is_text_[s]) {
      if (uuid == keys_[s]) return s;
      continue;
    }
    const std::string& text = texts_[keys_[s][0]];
    if (same_job_id(text, id)) return s;
  }
  return std::nullopt;
}

void job_ids::add(slot s, std::string_view id) {
  // What fails for want of memory must not be taken for done the next time, nor must `remove` have
  // to allocate: so the vector whose size or capacity is asked for grows last, here and below.
  if (s >= keys_.size()) {
    is_text_.resize(s + 1);
    keys_.resize(s + 1);
  }
  if (4 * (size_ + 1) > 3 * buckets_.size()) grow();
  // With capitals it is kept as text, so that it is sent as it was given.
  if (const auto uuid = parse_uuid(id); uuid && !has_capitals(id)) {
    keys_[s] = *uuid;
    is_text_[s] = false;
  } else {
    if (free_texts_.empty()) {
      if (texts_.size() == texts_.capacity()) {
        const std::size_t capacity = std::max<std::size_t>(16, 2 * texts_.size());
        free_texts_.reserve(capacity);
        texts_.reserve(capacity);
      }
      free_texts_.push_back(static_cast<std::uint32_t>(texts_.size()));
      texts_.emplace_back();
    }
    texts_[free_texts_.back()] = id;
    keys_[s] = {free_texts_.back(), hash_of_text(id)};
    free_texts_.pop_back();
    is_text_[s] = true;
  }
  insert({s, hash_of(s)});
  ++size_;
}

void job_ids::insert(bucket b) noexcept {
  const std::size_t mask = buckets_.size() - 1;
  std::size_t at = b.hash & mask;
  while (buckets_[at].of != kEmpty) at = (at + 1) & mask;
  buckets_[at] = b;
}

void job_ids::grow() {
  const std::vector<bucket> old =
      std::exchange(buckets_, std::vector<bucket>(std::max(kFewestBuckets, 2 * buckets_.size())));
  for (const bucket b : old)
    if (b.of != kEmpty) insert(b);
}

void job_ids::remove(slot s) noexcept {
  const std::size_t mask = buckets_.size() - 1;
  std::size_t hole = hash_of(s) & mask;
  while (buckets_[hole].of != s) hole = (hole + 1) & mask;
  // Those behind it that were pushed on by it move up, so that no probe stops short of them.
  for (std::size_t at = (hole + 1) & mask; buckets_[at].of != kEmpty; at = (at + 1) & mask) {
    if (((at - buckets_[at].hash) & mask) < ((at - hole) & mask)) continue;
    buckets_[hole] = buckets_[at];
    hole = at;
  }
  buckets_[hole] = {};
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
