/// \file
/// Turns the events of a JSON parser into a job or a page of jobs.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/value_stack.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <nunu/job.hpp>
#include "wire/job_fields.hpp"

namespace nunu::wire {

/// A handler of `boost::json::basic_parser`. Objects and arrays that it knows are scopes on a
/// stack; what is in any other is ignored, or built as a value (`template_data`, `stopped_by`).
class job_handler {
 public:
  static constexpr std::size_t max_object_size = boost::json::object::max_size();
  static constexpr std::size_t max_array_size = boost::json::array::max_size();
  static constexpr std::size_t max_key_size = boost::json::string::max_size();
  static constexpr std::size_t max_string_size = boost::json::string::max_size();

  /// Before each document. `out` must outlive its parsing.
  void begin(job& out);
  void begin(job_page& out);

  /// What was wrong; empty when it was the JSON itself.
  const std::string& problem() const noexcept { return problem_; }

  using string_view = boost::json::string_view;
  using error_code = boost::system::error_code;

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code& ec);
  bool on_object_end(std::size_t size, error_code& ec);
  bool on_array_begin(error_code& ec);
  bool on_array_end(std::size_t size, error_code& ec);
  bool on_key_part(string_view part, std::size_t, error_code&);
  bool on_key(string_view rest, std::size_t, error_code& ec);
  bool on_string_part(string_view part, std::size_t, error_code&);
  bool on_string(string_view rest, std::size_t, error_code& ec);
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t number, string_view, error_code& ec);
  bool on_uint64(std::uint64_t number, string_view, error_code& ec);
  bool on_double(double number, string_view, error_code& ec);
  bool on_bool(bool value, error_code& ec);
  bool on_null(error_code& ec);
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  enum class mode : std::uint8_t { reading, ignoring, building };

  void begin_document(const field_description& body) noexcept;
  bool begin_job(job& out) noexcept;
  bool begin_run();
  const field_description& next() const noexcept { return *scope_->next; }
  bool open(const job_scope& opened) noexcept;
  /// Takes in an object or array with all that is in it, in another mode than reading.
  bool pass_over(mode how) noexcept;
  void end_level() noexcept;
  void end_element() noexcept;
  bool end_object(error_code& ec);

  bool store_text(std::string_view text, error_code& ec);
  template <class Int>
  bool store_count(Int& target, std::int64_t number, error_code& ec);
  bool store_number(std::int64_t number, error_code& ec);

  std::string path() const;
  bool fail(std::string_view what, error_code& ec);
  bool fail_kind(error_code& ec);

  job_page* page_ = nullptr;
  job* job_ = nullptr;
  job_run* run_ = nullptr;
  std::size_t jobs_ = 0;
  std::size_t tags_ = 0;
  std::size_t runs_ = 0;

  // The body, a page, its data, a job, its runs, a run.
  std::array<job_scope, 6> scopes_;
  /// The innermost that is open.
  job_scope* scope_ = nullptr;

  mode mode_ = mode::reading;
  std::size_t passed_over_depth_ = 0;
  boost::json::value_stack values_;
  /// A key or string that came in parts, up to now.
  std::string parts_;
  std::string problem_;
};

}  // namespace nunu::wire
