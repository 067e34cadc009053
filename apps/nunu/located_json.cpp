#include "located_json.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <utility>

namespace cli {
namespace {

namespace json = boost::json;

/// Builds the tree out of the events of a parser that is given the text line by line: no event is
/// late by more than the rest of its line, since only white space can contain the end of a line.
class tree_builder {
 public:
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  using string_view = json::string_view;
  using error_code = boost::system::error_code;

  std::size_t line = 0;

  located_json take() { return std::move(root_); }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return open(json::kind::object); }
  bool on_object_end(std::size_t, error_code&) { return close(); }
  bool on_array_begin(error_code&) { return open(json::kind::array); }
  bool on_array_end(std::size_t, error_code&) { return close(); }
  bool on_key_part(string_view part, std::size_t, error_code&) { return append(part); }
  bool on_key(string_view rest, std::size_t, error_code&) {
    append(rest);
    open_.back().names.push_back(std::exchange(text_, {}));
    member_line_ = line;
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) { return append(part); }
  bool on_string(string_view rest, std::size_t, error_code&) {
    append(rest);
    return add(json::value(std::exchange(text_, {})));
  }
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t number, string_view, error_code&) { return add(number); }
  bool on_uint64(std::uint64_t number, string_view, error_code&) { return add(number); }
  bool on_double(double number, string_view, error_code&) { return add(number); }
  bool on_bool(bool value, error_code&) { return add(value); }
  bool on_null(error_code&) { return add(nullptr); }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  located_json begun(json::kind kind) const {
    located_json value;
    value.kind = kind;
    const bool is_member = !open_.empty() && open_.back().is_object();
    value.line = is_member ? member_line_ : line;
    return value;
  }

  bool append(string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }

  bool open(json::kind kind) {
    open_.push_back(begun(kind));
    return true;
  }

  bool close() {
    located_json value = std::move(open_.back());
    open_.pop_back();
    put(std::move(value));
    return true;
  }

  bool add(json::value scalar) {
    located_json value = begun(scalar.kind());
    value.scalar = std::move(scalar);
    put(std::move(value));
    return true;
  }

  void put(located_json value) {
    if (open_.empty())
      root_ = std::move(value);
    else
      open_.back().values.push_back(std::move(value));
  }

  located_json root_;
  std::vector<located_json> open_;
  std::string text_;
  std::size_t member_line_ = 0;
};

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end == std::string_view::npos ? end : end + 1);
  text.remove_prefix(line.size());
  return line;
}

}  // namespace

const located_json* located_json::find(std::string_view name) const noexcept {
  const auto at = std::ranges::find(names, name);
  return at == names.end() ? nullptr : &values[static_cast<std::size_t>(at - names.begin())];
}

located_json* located_json::find(std::string_view name) noexcept {
  const auto at = std::ranges::find(names, name);
  return at == names.end() ? nullptr : &values[static_cast<std::size_t>(at - names.begin())];
}

void located_json::erase(std::string_view name) {
  for (std::size_t i = names.size(); i-- > 0;) {
    if (names[i] != name) continue;
    names.erase(names.begin() + static_cast<std::ptrdiff_t>(i));
    values.erase(values.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

checked<located_json> parse_json(std::string_view text) {
  // Editors of some systems begin a file with a byte order mark.
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  json::basic_parser<tree_builder> parser{json::parse_options()};
  std::size_t& line = parser.handler().line;
  boost::system::error_code ec;
  std::size_t column = 0;
  while (!ec && !text.empty()) {
    ++line;
    const std::string_view part = take_line(text);
    column = parser.write_some(true, part.data(), part.size(), ec);
    if (!ec && column < part.size()) ec = json::error::extra_data;
  }
  if (!ec) parser.write_some(false, "", 0, ec);
  if (!ec) return parser.handler().take();
  return {boost::system::in_place_error, std::to_string(std::max<std::size_t>(line, 1)) + ':' +
                                             std::to_string(column + 1) +
                                             ": this is not JSON: " + ec.message()};
}

json::value without_lines(const located_json& located) {
  if (located.is_object()) {
    json::object object;
    for (std::size_t i = 0; i < located.values.size(); ++i)
      object[located.names[i]] = without_lines(located.values[i]);
    return object;
  }
  if (located.is_array()) {
    json::array array;
    for (const located_json& element : located.values) array.push_back(without_lines(element));
    return array;
  }
  return located.scalar;
}

std::string_view kind_name(const located_json& value) noexcept {
  switch (value.kind) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return value.scalar.as_bool() ? "true" : "false";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return "a number";
    case json::kind::string:
      return "a text";
    case json::kind::array:
      return "a list";
    case json::kind::object:
      return "an object";
  }
  return "nothing";
}

}  // namespace cli
