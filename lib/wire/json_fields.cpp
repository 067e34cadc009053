#include "wire/json_fields.hpp"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/errc.hpp>
#include <cmath>
#include <limits>

namespace nunu::wire {
namespace {

/// A handler of `boost::json::basic_parser` that fails at a known key that its object has already.
class duplicate_finder {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  explicit duplicate_finder(std::span<const std::string_view> known_keys)
      : known_keys_(known_keys) {}

  const std::string& duplicate() const noexcept { return duplicate_; }

  using string_view = boost::json::string_view;
  using error_code = boost::system::error_code;

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    seen_[open_++] = 0;
    return true;
  }
  bool on_object_end(std::size_t, error_code&) {
    --open_;
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t, error_code&) { return true; }
  bool on_key_part(string_view part, std::size_t, error_code&) {
    key_ += part;
    return true;
  }
  bool on_key(string_view rest, std::size_t, error_code& ec) {
    key_ += rest;
    const std::string key = std::exchange(key_, {});
    const auto known = std::ranges::find(known_keys_, key);
    if (known == known_keys_.end()) return true;
    const auto bit = std::uint64_t{1} << (known - known_keys_.begin());
    if ((seen_[open_ - 1] & bit) != 0) {
      duplicate_ = key;
      ec = make_error_code(boost::system::errc::bad_message);
      return false;
    }
    seen_[open_ - 1] |= bit;
    return true;
  }
  bool on_string_part(string_view, std::size_t, error_code&) { return true; }
  bool on_string(string_view, std::size_t, error_code&) { return true; }
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, string_view, error_code&) { return true; }
  bool on_uint64(std::uint64_t, string_view, error_code&) { return true; }
  bool on_double(double, string_view, error_code&) { return true; }
  bool on_bool(bool, error_code&) { return true; }
  bool on_null(error_code&) { return true; }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  std::span<const std::string_view> known_keys_;
  std::array<std::uint64_t, json_options.max_depth> seen_{};
  std::size_t open_ = 0;
  std::string key_;
  std::string duplicate_;
};

std::string duplicate_key(std::string_view body, std::span<const std::string_view> known_keys) {
  boost::json::basic_parser<duplicate_finder> parser(json_options, known_keys);
  boost::system::error_code ec;
  parser.write_some(false, body.data(), body.size(), ec);
  return parser.handler().duplicate();
}

void make_expressible(boost::json::value& value) {
  if (double* number = value.if_double()) *number = expressible(*number);
  if (boost::json::array* elements = value.if_array()) {
    for (boost::json::value& element : *elements) make_expressible(element);
  } else if (boost::json::object* object = value.if_object()) {
    for (auto& field : *object) make_expressible(field.value());
  }
}

}  // namespace

double expressible(double number) noexcept {
  constexpr double largest = std::numeric_limits<double>::max();
  return std::isnan(number) ? 0.0 : std::clamp(number, -largest, largest);
}

decoded<boost::json::value> parse_document(std::string_view body,
                                           std::span<const std::string_view> known_keys) {
  boost::system::error_code ec;
  boost::json::value document = boost::json::parse(body, ec, {}, json_options);
  if (ec) return {boost::system::in_place_error, "the body is not valid JSON: " + ec.message()};
  const std::string duplicate = duplicate_key(body, known_keys);
  if (!duplicate.empty()) return {boost::system::in_place_error, duplicate + " comes twice"};
  make_expressible(document);
  return {boost::system::in_place_value, std::move(document)};
}

decoded<boost::json::object> parse_object(std::string_view body,
                                          std::span<const std::string_view> known_keys) {
  auto document = parse_document(body, known_keys);
  if (!document) return {boost::system::in_place_error, document.error()};
  if (!document->is_object()) return {boost::system::in_place_error, "the body is not an object"};
  return std::move(document->get_object());
}

const boost::json::value* object_reader::find(std::string_view key) const {
  const boost::json::value* value = object_.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::string object_reader::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + '.' + std::string(key);
}

void object_reader::report(std::string problem) const {
  if (problem_.empty()) problem_ = std::move(problem);
}

void object_reader::reject(std::string_view key, std::string_view why) const {
  report(path_of(key) + ' ' + std::string(why));
}

void object_reader::read(std::string_view key, std::string& out) const {
  const boost::json::value* value = find(key);
  if (value == nullptr) return;
  if (!value->is_string()) return reject(key, "is not a string");
  out = std::string_view(value->get_string());
}

void object_reader::read(std::string_view key, bool& out) const {
  const boost::json::value* value = find(key);
  if (value == nullptr) return;
  if (!value->is_bool()) return reject(key, "is not true or false");
  out = value->get_bool();
}

template <class Int>
void object_reader::read_integer(std::string_view key, Int& out) const {
  using limits = std::numeric_limits<Int>;
  const boost::json::value* value = find(key);
  if (value == nullptr) return;
  if (value->is_int64() && value->get_int64() >= limits::min() &&
      value->get_int64() <= limits::max()) {
    out = static_cast<Int>(value->get_int64());
    return;
  }
  // Whole numbers that no integer type holds are parsed as double.
  const bool large = !value->is_double() || std::abs(value->get_double()) >= 0x1p63;
  reject(key, value->is_number() && large ? "is out of range" : "is not a whole number");
}

void object_reader::read(std::string_view key, int& out) const {
  read_integer(key, out);
}

void object_reader::read(std::string_view key, std::int64_t& out) const {
  read_integer(key, out);
}

void object_reader::read(std::string_view key, std::vector<std::string>& out) const {
  const boost::json::array* elements = array(key);
  if (elements == nullptr) return;
  out.clear();
  for (const boost::json::value& element : *elements) {
    if (!element.is_string()) return reject(key, "has an element that is not a string");
    out.emplace_back(element.get_string());
  }
}

void object_reader::read(std::string_view key, boost::json::object& out) const {
  if (const boost::json::object* value = object(key)) out = *value;
}

const boost::json::object* object_reader::object(std::string_view key) const {
  const boost::json::value* value = find(key);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) reject(key, "is not an object");
  return value->if_object();
}

std::optional<object_reader> object_reader::inside(std::string_view key) const {
  const boost::json::object* value = object(key);
  if (value == nullptr) return std::nullopt;
  return object_reader(*value, path_of(key), problem_);
}

const boost::json::array* object_reader::array(std::string_view key) const {
  const boost::json::value* value = find(key);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) reject(key, "is not an array");
  return value->if_array();
}

}  // namespace nunu::wire
