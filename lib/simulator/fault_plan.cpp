#include "simulator/fault_plan.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "simulator/fault_rule.hpp"

namespace nunu::simulation {
namespace {

using stage = fault::stage;
using action = fault::action;

// The world draws from the seed as it is; what breaks must not depend on how jobs turn out.
constexpr std::uint64_t seed_of_faults = 0x6661'756c'7473;

// Enough to be no end of line and no status, wherever it comes.
constexpr std::size_t least_garbage = 16;
// NUL to BS: below HT, the first control character that HTTP and JSON know.
constexpr std::uint64_t garbage_characters = 9;

constexpr std::string_view line_end = "\r\n";

bool is_about_connections(stage at) {
  return at == stage::accept || at == stage::handshake;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool has_name(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':' &&
         std::equal(name.begin(), name.end(), line.begin(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

// The text is an answer of the simulator's own, so each of its lines ends as it should.
void replace_headers(const std::vector<fault::header>& headers, std::string& text) {
  for (const fault::header& h : headers) {
    std::size_t line = text.find(line_end) + line_end.size();
    while (text.compare(line, line_end.size(), line_end) != 0) {
      const std::size_t size = text.find(line_end, line) - line;
      if (has_name(std::string_view(text).substr(line, size), h.name)) {
        text.erase(line, size + line_end.size());
      } else {
        line += size + line_end.size();
      }
    }
  }
  std::string added;
  for (const fault::header& h : headers) {
    if (!h.value.empty()) {
      added.append(h.name).append(": ").append(h.value).append(line_end);
    }
  }
  text.insert(text.find("\r\n\r\n") + line_end.size(), added);
}

}  // namespace

std::uint64_t injection::byte_of(std::uint64_t size) const {
  return rule_.byte.value_or(draw_ % (size + 1));
}

bool injection::stops_request(const request_progress& r) const {
  return rule_.at == stage::request && (r.complete || r.arrived >= byte_of(r.size));
}

bool injection::leaves_request_whole(const request_progress& r) const {
  return r.complete && byte_of(r.size) >= r.size;
}

std::size_t injection::spoil(std::string& answer_text) const {
  if (!answer_text.empty() && !rule_.headers.empty()) {
    replace_headers(rule_.headers, answer_text);
  }
  const std::size_t size = answer_text.size();
  std::size_t at = std::min<std::uint64_t>(byte_of(size), size);
  if (rule_.at == stage::request) {  // the byte is one of the request's
    at = rule_.then == action::drip ? 0 : size;
  }
  switch (rule_.then) {
    case action::none:
      return size;
    case action::garbage: {
      std::mt19937_64 noise(draw_);
      answer_text.resize(at);
      const std::size_t spoilt_size = std::max(size, at + least_garbage);
      while (answer_text.size() < spoilt_size) {
        answer_text.push_back(static_cast<char>(noise() % garbage_characters));
      }
      return answer_text.size();
    }
    default:
      return at;
  }
}

fault_plan::fault_plan(std::vector<fault> rules, std::uint64_t seed)
    : random_(seed ^ seed_of_faults) {
  replace(std::move(rules));
}

void fault_plan::replace(std::vector<fault> rules) {
  rules_.clear();
  for (fault& f : rules) {
    const auto to = find_endpoint_for_fault(f.endpoint);
    rules_.push_back({std::move(f), to});
  }
}

std::optional<injection> fault_plan::for_connection(stage at) {
  return pick(endpoint::unknown, [at](const counted_rule& r) { return r.what.at == at; });
}

std::optional<injection> fault_plan::for_request(endpoint to) {
  if (to == endpoint::stats) {
    return std::nullopt;
  }
  return pick(to, [to](const counted_rule& r) {
    return !is_about_connections(r.what.at) && r.to.value_or(to) == to;
  });
}

template <class Concerns>
std::optional<injection> fault_plan::pick(endpoint to, const Concerns& concerns) {
  std::optional<injection> picked;
  for (counted_rule& r : rules_) {
    if (concerns(r) && picks(r) && !picked) {
      picked.emplace(r.what, to, random_());
    }
  }
  return picked;
}

bool fault_plan::picks(counted_rule& r) {
  const std::uint64_t number = ++r.seen;
  const fault& f = r.what;
  if (number < f.first || number > f.last || (number - f.first) % f.every != 0) {
    return false;
  }
  constexpr int unused_bits = 64 - 53;  // a double has 53 significant bits
  return static_cast<double>(random_() >> unused_bits) * 0x1p-53 < f.probability;
}

void fault_counts::add(const injection& happened) {
  ++total;
  switch (happened.rule().at) {
    case stage::accept:
      ++accept;
      break;
    case stage::handshake:
      ++handshake;
      break;
    case stage::request:
      ++request[static_cast<std::size_t>(happened.to())];
      break;
    case stage::answer:
      ++answer[static_cast<std::size_t>(happened.to())];
      break;
  }
}

}  // namespace nunu::simulation
