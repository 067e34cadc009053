/// \file
/// Reading documents that are not asked for often enough to deserve a parser of their own.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wire/decoded.hpp"

namespace nunu::wire {

/// What every body is parsed with: nesting of 32 at most, and nothing but the standard's JSON.
inline constexpr boost::json::parse_options json_options{};
static_assert(json_options.max_depth == 32);

/// The nearest number that JSON can express. Boost.JSON 1.81 reads 1e400 as infinity, and 0e400 as
/// 0 times infinity, which is not a number, and writes both in a way that is not JSON.
double expressible(double number) noexcept;

/// Parses a body. A key of `known_keys`, 64 at most, that comes twice in the same object is an
/// error; in a `boost::json::object` the last would have silently won.
decoded<boost::json::value> parse_document(std::string_view body,
                                           std::span<const std::string_view> known_keys);

/// The same for a body that must be an object.
decoded<boost::json::object> parse_object(std::string_view body,
                                          std::span<const std::string_view> known_keys);

/// Reads fields of an object into variables. A field that is missing or null leaves its variable as
/// it is; the first one of a wrong type is described in `problem`, which readers of one document
/// share.
class object_reader {
 public:
  /// All must outlive the reader. `path` is where the object is: "" for the body, "results[2]".
  object_reader(const boost::json::object& object, std::string path, std::string& problem)
      : object_(object), path_(std::move(path)), problem_(problem) {}

  void read(std::string_view key, std::string& out) const;
  void read(std::string_view key, bool& out) const;
  void read(std::string_view key, int& out) const;
  void read(std::string_view key, std::int64_t& out) const;
  void read(std::string_view key, std::vector<std::string>& out) const;
  void read(std::string_view key, boost::json::object& out) const;

  template <class T>
  void read(std::string_view key, std::optional<T>& out) const {
    if (find(key) == nullptr) return;
    read(key, out.emplace());
  }

  /// None when it is missing or null, and when it is none, which is a problem.
  const boost::json::object* object(std::string_view key) const;
  const boost::json::array* array(std::string_view key) const;

  /// The reader of such an object.
  std::optional<object_reader> inside(std::string_view key) const;

  /// Calls `visit(object_reader)` for each element of an array, which must be objects.
  template <class Visitor>
  void for_each_object(std::string_view key, Visitor visit) const {
    const boost::json::array* elements = array(key);
    if (elements == nullptr) return;
    for (std::size_t i = 0; i < elements->size(); ++i) {
      std::string path = path_of(key) + '[' + std::to_string(i) + ']';
      if (const boost::json::object* element = (*elements)[i].if_object()) {
        visit(object_reader(*element, std::move(path), problem_));
      } else {
        report(path + " is not an object");
      }
    }
  }

  /// Says that a field is wrong for a reason of the caller's, such as "is negative".
  void reject(std::string_view key, std::string_view why) const;

 private:
  const boost::json::value* find(std::string_view key) const;
  std::string path_of(std::string_view key) const;
  void report(std::string problem) const;
  template <class Int>
  void read_integer(std::string_view key, Int& out) const;

  const boost::json::object& object_;
  std::string path_;
  std::string& problem_;
};

}  // namespace nunu::wire
