/// \file
/// The fields of jobs and pages of jobs that are read, as tables for the decoder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace nunu::wire {

enum class job_field : std::uint8_t {
  /// A key that is not read, with whatever value.
  ignored,

  // The body itself, and the elements of arrays.
  page_body,
  job_body,
  listed_job,
  tag,
  run,

  data,
  pagination,
  page,
  page_size,
  total_count,
  total_pages,

  job_id,
  project_id,
  status,
  created_at,
  completed_at,
  multiplayer_test_id,
  test_name,
  platform,
  build_id,
  test_plan_execution_id,
  queue_rejection_reason,
  templating_enabled,
  template_data,
  stopped_by,
  tags,
  retries,
  runs,

  retries_total,
  retries_remaining,

  multiplayer_run_id,
  run_state,
  run_result,
  run_started_at,
  run_completed_at,
  players,
};

enum class json_kind : std::uint8_t { any, text, count, flag, array, object };

struct field_description {
  std::string_view name;
  job_field field;
  json_kind kind;
  /// Missing or null is an error.
  bool required = false;
};

/// One bit for each field of an object.
using field_set = std::uint32_t;

/// The fields of an object in the order in which the service writes them, since a search begins
/// after the field that was found last.
using field_table = std::span<const field_description>;

inline constexpr field_description ignored_field{"", job_field::ignored, json_kind::any};
inline constexpr field_description page_body{"", job_field::page_body, json_kind::object, true};
inline constexpr field_description job_body{"", job_field::job_body, json_kind::object, true};
inline constexpr field_description listed_job{"", job_field::listed_job, json_kind::object};
inline constexpr field_description listed_tag{"", job_field::tag, json_kind::text};
inline constexpr field_description listed_run{"", job_field::run, json_kind::object};

// A page without a list says nothing about jobs; taken for an empty list, it would say that there
// are none.
inline constexpr std::array page_fields{
    field_description{"data", job_field::data, json_kind::array, true},
    field_description{"pagination", job_field::pagination, json_kind::object},
};

inline constexpr std::array pagination_fields{
    field_description{"page", job_field::page, json_kind::count},
    field_description{"page_size", job_field::page_size, json_kind::count},
    field_description{"total_count", job_field::total_count, json_kind::count},
    field_description{"total_pages", job_field::total_pages, json_kind::count},
};

inline constexpr std::array job_fields{
    field_description{"job_id", job_field::job_id, json_kind::text, true},
    field_description{"project_id", job_field::project_id, json_kind::text},
    field_description{"status", job_field::status, json_kind::text, true},
    field_description{"created_at", job_field::created_at, json_kind::text},
    field_description{"completed_at", job_field::completed_at, json_kind::text},
    field_description{"multiplayer_test_id", job_field::multiplayer_test_id, json_kind::text},
    field_description{"test_name", job_field::test_name, json_kind::text},
    field_description{"platform", job_field::platform, json_kind::text},
    field_description{"build_id", job_field::build_id, json_kind::text},
    field_description{"test_plan_execution_id", job_field::test_plan_execution_id, json_kind::text},
    field_description{"queue_rejection_reason", job_field::queue_rejection_reason, json_kind::text},
    field_description{"templating_enabled", job_field::templating_enabled, json_kind::flag},
    field_description{"template_data", job_field::template_data, json_kind::object},
    field_description{"stopped_by", job_field::stopped_by, json_kind::object},
    field_description{"tags", job_field::tags, json_kind::array},
    field_description{"retries", job_field::retries, json_kind::object},
    field_description{"runs", job_field::runs, json_kind::array},
};

inline constexpr std::array retries_fields{
    field_description{"total", job_field::retries_total, json_kind::count},
    field_description{"remaining", job_field::retries_remaining, json_kind::count},
};

inline constexpr std::array run_fields{
    field_description{"multiplayer_run_id", job_field::multiplayer_run_id, json_kind::text},
    field_description{"state", job_field::run_state, json_kind::text},
    field_description{"result", job_field::run_result, json_kind::text},
    field_description{"started_at", job_field::run_started_at, json_kind::text},
    field_description{"completed_at", job_field::run_completed_at, json_kind::text},
    field_description{"players", job_field::players, json_kind::count},
};

/// The objects and arrays that are open around the value which is being read: what is known of one.
struct job_scope {
  /// Of an object.
  field_table fields{};
  /// What the next value is.
  const field_description* next = &ignored_field;
  field_set seen = 0;
  /// Where the field after the one found last is, or the end.
  std::size_t search_from = 0;
  bool is_array = false;
  /// Elements read so far, of an array.
  std::size_t elements = 0;

  static job_scope object(field_table fields) noexcept { return {.fields = fields}; }
  static job_scope array_of(const field_description& element) noexcept {
    return {.next = &element, .is_array = true};
  }

  /// Makes `next` the field of that name. False: it is there a second time.
  bool enter(std::string_view key) noexcept {
    std::size_t at = search_from;
    for (std::size_t left = fields.size(); left != 0; --left, ++at) {
      if (at == fields.size()) at = 0;
      if (fields[at].name != key) continue;
      next = &fields[at];
      search_from = at + 1;
      const field_set bit = field_set{1} << at;
      const bool first_time = (seen & bit) == 0;
      seen |= bit;
      return first_time;
    }
    next = &ignored_field;
    return true;
  }

  /// A required field that has not come, or null.
  const field_description* missing() const noexcept {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].required && (seen & (field_set{1} << i)) == 0) return &fields[i];
    }
    return nullptr;
  }
};

}  // namespace nunu::wire
