#include "simulator/fault_rule.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>
#include <vector>

namespace nunu::simulation {
namespace {

using stage = fault::stage;
using action = fault::action;

constexpr std::string_view any_endpoint = "any";

template <class T>
struct named {
  std::string_view name;
  T value;
};

constexpr std::array<named<stage>, 4> stages{{
    {"accept", stage::accept},
    {"handshake", stage::handshake},
    {"request", stage::request},
    {"answer", stage::answer},
}};

// Those that need no value.
constexpr std::array<named<action>, 5> actions{{
    {"close", action::close},
    {"truncate", action::truncate},
    {"reset", action::reset},
    {"stall", action::stall},
    {"garbage", action::garbage},
}};

// Longer ones stand still for the life of any client.
constexpr std::chrono::milliseconds longest_drip_interval = std::chrono::hours(1);

std::string quoted(std::string_view text) {
  return '\'' + std::string(text) + '\'';
}

std::string endpoint_names() {
  std::string names(any_endpoint);
  for (std::size_t e = 0; e < endpoint_count; ++e) {
    const std::string_view name = to_string(static_cast<endpoint>(e));
    if (find_endpoint_for_fault(name)) {
      names.append(", ").append(name);
    }
  }
  return names;
}

bool is_token(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           others.find(c) != std::string_view::npos;
  });
}

bool is_header_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool says_something_else(const fault& f) {
  return f.status || f.body || !f.headers.empty();
}

std::string problem_of_connection_fault(const fault& f) {
  const bool handshake = f.at == stage::handshake;
  const bool fits = f.then == action::close || f.then == action::reset || f.then == action::stall ||
                    (handshake && f.then == action::garbage);
  if (!fits || says_something_else(f)) {
    return handshake ? "a handshake can end with close, reset, stall or garbage"
                     : "accept can be followed by close, reset or stall";
  }
  if (f.endpoint != any_endpoint) {
    return "accept and handshake have no endpoint: nobody has asked for anything yet";
  }
  return {};
}

std::string problem_of_answer(const fault& f) {
  if (f.status && (*f.status < 100 || *f.status > 999)) {
    return "the status must have three digits";
  }
  for (const fault::header& h : f.headers) {
    if (!is_token(h.name)) {
      return quoted(h.name) + " is not the name of a header: letters, digits and '-'";
    }
    if (!is_header_value(h.value)) {
      return "the value of the header " + h.name + " must not have CR, LF or NUL in it";
    }
  }
  const bool drips = f.then == action::drip;
  if (drips &&
      (f.drip_interval <= f.drip_interval.zero() || f.drip_interval > longest_drip_interval)) {
    return "drip must be from 1ms to 3600000ms";
  }
  const bool needs_an_answer = drips || f.body || !f.headers.empty();
  if (f.at == stage::request && needs_an_answer && !f.status) {
    return "at request there is no answer to change: give a status, or say answer";
  }
  if (f.then == action::none && !says_something_else(f)) {
    return "nothing happens: say close, truncate, reset, stall, garbage, drip=, status=, header= "
           "or body=";
  }
  return {};
}

/// `name`, or `name=value`.
struct word {
  std::string_view name;
  std::optional<std::string_view> value;
};

/// The next word of `rest`, which it is taken from. A value in quotes goes to the same quote again.
word take_word(std::string_view& rest) {
  word taken;
  const std::size_t name_end = std::min(rest.find_first_of(" ="), rest.size());
  taken.name = rest.substr(0, name_end);
  rest.remove_prefix(name_end);
  if (rest.empty() || rest.front() == ' ') {
    return taken;
  }
  rest.remove_prefix(1);
  std::size_t value_end = std::min(rest.find(' '), rest.size());
  if (!rest.empty() && (rest.front() == '"' || rest.front() == '\'')) {
    const char quote = rest.front();
    rest.remove_prefix(1);
    value_end = rest.find(quote);
    if (value_end == std::string_view::npos) {
      throw std::invalid_argument("the value of " + quoted(taken.name) + " has no closing quote");
    }
    taken.value = rest.substr(0, value_end);
    rest.remove_prefix(value_end + 1);
    if (!rest.empty() && rest.front() != ' ') {
      throw std::invalid_argument("after the closing quote of " + quoted(taken.name) +
                                  " there must be a space");
    }
    return taken;
  }
  taken.value = rest.substr(0, value_end);
  rest.remove_prefix(value_end);
  return taken;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [stop, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc() || stop != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

std::uint64_t parse_count(std::string_view text, std::string_view what) {
  const auto number = parse_number<std::uint64_t>(text);
  if (!number || *number == 0) {
    throw std::invalid_argument(quoted(text) + " is not a number for " + std::string(what) +
                                ": it must be 1 or more");
  }
  return *number;
}

/// Reads one rule, word by word.
class rule_reader {
 public:
  fault read(std::string_view text);

 private:
  void take(const word& w);
  void take_setting(std::string_view name, std::string_view value);
  void take_numbers(std::string_view text);
  void take_probability(std::string_view text);
  bool take_stage(std::string_view text);
  bool take_action(std::string_view text);
  bool take_endpoint(std::string_view text);
  bool was_given(std::string_view what) const;
  void only_once(std::string_view what);

  static constexpr std::string_view number = "a number (#N)";

  fault read_;
  std::vector<std::string_view> given_;
};

fault rule_reader::read(std::string_view text) {
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) {
      break;
    }
    take(take_word(text));
  }
  if (!was_given(number)) {
    read_.first = read_.every;
  }
  return std::move(read_);
}

void rule_reader::take(const word& w) {
  if (w.value) {
    take_setting(w.name, *w.value);
  } else if (w.name.starts_with('#')) {
    take_numbers(w.name.substr(1));
  } else if (w.name.ends_with('%')) {
    take_probability(w.name.substr(0, w.name.size() - 1));
  } else if (!take_stage(w.name) && !take_action(w.name) && !take_endpoint(w.name)) {
    throw std::invalid_argument(
        quoted(w.name) + " is none of: an endpoint (" + endpoint_names() +
        "), #N, #N-, #N-M, every=N, P%, a place (accept, handshake, request[:BYTE], "
        "answer[:BYTE]), close, truncate, reset, stall, garbage, drip=MSms, status=CODE, "
        "header='NAME: VALUE', body='TEXT'");
  }
}

void rule_reader::take_setting(std::string_view name, std::string_view value) {
  if (name == "every") {
    only_once("every=");
    read_.every = parse_count(value, "every");
  } else if (name == "status") {
    only_once("status=");
    read_.status = parse_number<int>(value);
    if (!read_.status) {
      throw std::invalid_argument(quoted(value) + " is not a status: three digits, such as 503");
    }
  } else if (name == "header") {
    const auto colon = value.find(':');
    if (colon == std::string_view::npos) {
      throw std::invalid_argument(quoted(value) + " is not a header: 'NAME: VALUE'");
    }
    std::string_view text = value.substr(colon + 1);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    read_.headers.push_back({std::string(value.substr(0, colon)), std::string(text)});
  } else if (name == "body") {
    only_once("body=");
    read_.body = value;
  } else if (name == "drip") {
    only_once("an action");
    const bool in_ms = value.ends_with("ms");
    const auto ms = parse_number<std::int64_t>(value.substr(0, value.size() - (in_ms ? 2 : 0)));
    if (!in_ms || !ms) {
      throw std::invalid_argument(quoted(value) + " is not an interval for drip: such as 50ms");
    }
    read_.then = action::drip;
    read_.drip_interval = std::chrono::milliseconds(*ms);
  } else {
    throw std::invalid_argument(quoted(name) +
                                "= is none of every=, status=, header=, body=, drip=");
  }
}

void rule_reader::take_numbers(std::string_view text) {
  only_once(number);
  const auto dash = text.find('-');
  read_.first = parse_count(text.substr(0, dash), "#");
  if (dash == std::string_view::npos) {
    read_.last = read_.first;
  } else if (dash + 1 < text.size()) {
    read_.last = parse_count(text.substr(dash + 1), "#");
  }
}

void rule_reader::take_probability(std::string_view text) {
  only_once("a percentage");
  const auto percent = parse_number<double>(text);
  if (!percent) {
    throw std::invalid_argument(quoted(text) + " is not a percentage: such as 5% or 0.5%");
  }
  read_.probability = *percent / 100.0;
}

bool rule_reader::take_stage(std::string_view text) {
  const auto colon = text.find(':');
  const auto found = std::find_if(stages.begin(), stages.end(), [&](const named<stage>& s) {
    return s.name == text.substr(0, colon);
  });
  if (found == stages.end()) {
    return false;
  }
  only_once("a place");
  read_.at = found->value;
  const bool has_bytes = read_.at == stage::request || read_.at == stage::answer;
  if (read_.at == stage::request) {
    read_.byte = fault::end;
  }
  if (colon == std::string_view::npos) {
    return true;
  }
  const std::string_view where = text.substr(colon + 1);
  const auto byte = parse_number<std::uint64_t>(where);
  if (!has_bytes || (!byte && where != "end" && where != "random")) {
    throw std::invalid_argument(quoted(text) +
                                " is not a place: accept, handshake, or request or answer, these "
                                "with :N, :end or :random");
  }
  if (where == "random") {
    read_.byte.reset();
  } else {
    read_.byte = byte.value_or(fault::end);
  }
  return true;
}

bool rule_reader::take_action(std::string_view text) {
  const auto found = std::find_if(actions.begin(), actions.end(),
                                  [&](const named<action>& a) { return a.name == text; });
  if (found == actions.end()) {
    return false;
  }
  only_once("an action");
  read_.then = found->value;
  return true;
}

bool rule_reader::take_endpoint(std::string_view text) {
  if (text != any_endpoint && !find_endpoint_for_fault(text)) {
    return false;
  }
  only_once("an endpoint");
  read_.endpoint = text;
  return true;
}

bool rule_reader::was_given(std::string_view what) const {
  return std::find(given_.begin(), given_.end(), what) != given_.end();
}

void rule_reader::only_once(std::string_view what) {
  if (was_given(what)) {
    throw std::invalid_argument("a rule has " + std::string(what) + " only once");
  }
  given_.push_back(what);
}

}  // namespace

std::optional<endpoint> find_endpoint_for_fault(std::string_view name) {
  for (std::size_t e = 0; e < endpoint_count; ++e) {
    const auto candidate = static_cast<endpoint>(e);
    if (to_string(candidate) == name && candidate != endpoint::stats) {
      return candidate;
    }
  }
  return std::nullopt;
}

std::string problem_of(const fault& f) {
  if (f.endpoint != any_endpoint && !find_endpoint_for_fault(f.endpoint)) {
    return quoted(f.endpoint) + " is not an endpoint: " + endpoint_names();
  }
  if (f.first == 0 || f.every == 0 || f.last < f.first) {
    return "first and every must be 1 or more, and last not below first";
  }
  const bool is_part = f.probability >= 0.0 && f.probability <= 1.0;  // NaN is none
  if (!is_part) {
    return "the probability must be from 0 to 1, or from 0% to 100%";
  }
  if (f.at == stage::accept || f.at == stage::handshake) {
    return problem_of_connection_fault(f);
  }
  return problem_of_answer(f);
}

}  // namespace nunu::simulation

namespace nunu {

fault parse_fault(std::string_view text) {
  const auto complain = [&](std::string_view problem) {
    return std::invalid_argument("fault rule \"" + std::string(text) +
                                 "\": " + std::string(problem));
  };
  fault read;
  try {
    read = simulation::rule_reader().read(text);
  } catch (const std::invalid_argument& e) {
    throw complain(e.what());
  }
  if (const std::string problem = simulation::problem_of(read); !problem.empty()) {
    throw complain(problem);
  }
  return read;
}

}  // namespace nunu
