#include "wire/job_handler.hpp"

#include <boost/system/errc.hpp>
#include <cmath>
#include <vector>

#include "core/names.hpp"
#include "wire/json_fields.hpp"
#include "wire/timestamp.hpp"

namespace nunu::wire {
namespace {

/// Elements that a vector has from an earlier use keep their memory.
template <class T>
T& element(std::vector<T>& elements, std::size_t index) {
  if (index == elements.size()) elements.emplace_back();
  return elements[index];
}

/// Those that may be missing.
void clear_fields(job& j) noexcept {
  j.project_id.clear();
  j.multiplayer_test_id.clear();
  j.created_at.reset();
  j.completed_at.reset();
  j.test_name.clear();
  j.platform.clear();
  j.build_id.clear();
  j.test_plan_execution_id.clear();
  j.queue_rejection_reason.clear();
  j.templating_enabled = false;
  j.template_data = nullptr;
  j.stopped_by = nullptr;
  j.retries = {};
}

void clear_fields(job_run& run) noexcept {
  run.multiplayer_run_id.clear();
  run.state.clear();
  run.result = run_result::none;
  run.result_text.clear();
  run.started_at.reset();
  run.completed_at.reset();
  run.players = 0;
}

std::string_view kind_sentence(json_kind kind) noexcept {
  switch (kind) {
    case json_kind::text:
      return "is not a string";
    case json_kind::count:
      return "is not a whole number";
    case json_kind::flag:
      return "is not true or false";
    case json_kind::array:
      return "is not an array";
    case json_kind::object:
    case json_kind::any:
      break;
  }
  return "is not an object";
}

}  // namespace

void job_handler::begin(job& out) {
  begin_document(job_body);
  job_ = &out;
}

void job_handler::begin(job_page& out) {
  begin_document(page_body);
  page_ = &out;
  page_->page = 0;
  page_->page_size = 0;
  page_->total_count = 0;
  page_->total_pages = 0;
  jobs_ = 0;
}

void job_handler::begin_document(const field_description& body) noexcept {
  mode_ = mode::reading;
  parts_.clear();
  problem_.clear();
  scopes_[0] = {.next = &body};
  scope_ = &scopes_[0];
}

bool job_handler::begin_job(job& out) noexcept {
  job_ = &out;
  tags_ = 0;
  runs_ = 0;
  clear_fields(out);
  return open(job_scope::object(job_fields));
}

bool job_handler::begin_run() {
  run_ = &element(job_->runs, runs_++);
  clear_fields(*run_);
  return open(job_scope::object(run_fields));
}

bool job_handler::open(const job_scope& opened) noexcept {
  *++scope_ = opened;
  return true;
}

bool job_handler::pass_over(mode how) noexcept {
  mode_ = how;
  passed_over_depth_ = 1;
  if (how == mode::building) values_.reset();
  return true;
}

bool job_handler::on_object_begin(error_code& ec) {
  if (mode_ != mode::reading) {
    ++passed_over_depth_;
    return true;
  }
  switch (next().field) {
    case job_field::page_body:
      return open(job_scope::object(page_fields));
    case job_field::pagination:
      return open(job_scope::object(pagination_fields));
    case job_field::job_body:
      return begin_job(*job_);
    case job_field::listed_job:
      return begin_job(element(page_->jobs, jobs_++));
    case job_field::run:
      return begin_run();
    case job_field::retries:
      return open(job_scope::object(retries_fields));
    case job_field::template_data:
    case job_field::stopped_by:
      return pass_over(mode::building);
    case job_field::ignored:
      return pass_over(mode::ignoring);
    default:
      return fail_kind(ec);
  }
}

bool job_handler::on_array_begin(error_code& ec) {
  if (mode_ != mode::reading) {
    ++passed_over_depth_;
    return true;
  }
  switch (next().field) {
    case job_field::data:
      return open(job_scope::array_of(listed_job));
    case job_field::tags:
      return open(job_scope::array_of(listed_tag));
    case job_field::runs:
      return open(job_scope::array_of(listed_run));
    case job_field::ignored:
      return pass_over(mode::ignoring);
    default:
      return fail_kind(ec);
  }
}

bool job_handler::on_object_end(std::size_t size, error_code& ec) {
  if (mode_ == mode::reading) return end_object(ec);
  if (mode_ == mode::building) values_.push_object(size);
  end_level();
  return true;
}

bool job_handler::on_array_end(std::size_t size, error_code&) {
  if (mode_ == mode::reading) {
    --scope_;
    return true;
  }
  if (mode_ == mode::building) values_.push_array(size);
  end_level();
  return true;
}

void job_handler::end_level() noexcept {
  if (--passed_over_depth_ != 0) return;
  if (mode_ == mode::building) {
    (next().field == job_field::stopped_by ? job_->stopped_by : job_->template_data) =
        values_.release();
  }
  mode_ = mode::reading;
}

bool job_handler::end_object(error_code& ec) {
  if (const field_description* missing = scope_->missing()) {
    scope_->next = missing;
    return fail("is missing", ec);
  }
  --scope_;
  switch (next().field) {
    case job_field::page_body:
      page_->jobs.resize(jobs_);
      break;
    case job_field::job_body:
    case job_field::listed_job:
      job_->tags.resize(tags_);
      job_->runs.resize(runs_);
      break;
    default:
      break;
  }
  end_element();
  return true;
}

void job_handler::end_element() noexcept {
  if (scope_->is_array) ++scope_->elements;
}

bool job_handler::on_key_part(string_view part, std::size_t, error_code&) {
  if (mode_ == mode::reading) {
    parts_ += part;
  } else if (mode_ == mode::building) {
    values_.push_chars(part);
  }
  return true;
}

bool job_handler::on_key(string_view rest, std::size_t, error_code& ec) {
  if (mode_ != mode::reading) {
    if (mode_ == mode::building) values_.push_key(rest);
    return true;
  }
  if (parts_.empty()) return scope_->enter(rest) || fail("comes twice", ec);
  parts_ += rest;
  const bool first_time = scope_->enter(parts_);
  parts_.clear();
  return first_time || fail("comes twice", ec);
}

bool job_handler::on_string_part(string_view part, std::size_t size, error_code& ec) {
  return on_key_part(part, size, ec);
}

bool job_handler::on_string(string_view rest, std::size_t, error_code& ec) {
  if (mode_ != mode::reading) {
    if (mode_ == mode::building) values_.push_string(rest);
    return true;
  }
  if (parts_.empty()) return store_text(rest, ec);
  parts_ += rest;
  const bool stored = store_text(parts_, ec);
  parts_.clear();
  return stored;
}

bool job_handler::on_int64(std::int64_t number, string_view, error_code& ec) {
  if (mode_ == mode::reading) return store_number(number, ec);
  if (mode_ == mode::building) values_.push_int64(number);
  return true;
}

bool job_handler::on_uint64(std::uint64_t number, string_view, error_code& ec) {
  if (mode_ == mode::building) values_.push_uint64(number);
  if (mode_ != mode::reading || next().field == job_field::ignored) return true;
  return next().kind == json_kind::count ? fail("is too large", ec) : fail_kind(ec);
}

bool job_handler::on_double(double number, string_view, error_code& ec) {
  if (mode_ == mode::building) values_.push_double(expressible(number));
  if (mode_ != mode::reading || next().field == job_field::ignored) return true;
  // Whole numbers that no integer type holds come here too.
  const bool large = std::abs(number) >= 0x1p63;
  return next().kind == json_kind::count && large ? fail("is too large", ec) : fail_kind(ec);
}

bool job_handler::on_bool(bool value, error_code& ec) {
  if (mode_ == mode::building) values_.push_bool(value);
  if (mode_ != mode::reading || next().field == job_field::ignored) return true;
  if (next().field != job_field::templating_enabled) return fail_kind(ec);
  job_->templating_enabled = value;
  return true;
}

bool job_handler::on_null(error_code& ec) {
  if (mode_ == mode::building) values_.push_null();
  if (mode_ != mode::reading) return true;
  if (next().required) return fail("is null", ec);
  end_element();
  return true;
}

bool job_handler::store_text(std::string_view text, error_code& ec) {
  switch (next().field) {
    case job_field::ignored:
      return true;
    case job_field::tag:
      element(job_->tags, tags_++) = text;
      end_element();
      return true;
    case job_field::job_id:
      job_->job_id = text;
      return !text.empty() || fail("is empty", ec);
    case job_field::project_id:
      job_->project_id = text;
      return true;
    case job_field::status:
      job_->status_text = text;
      job_->status = core::parse_job_status(text);
      return true;
    case job_field::created_at:
      job_->created_at = parse_timestamp(text);
      return true;
    case job_field::completed_at:
      job_->completed_at = parse_timestamp(text);
      return true;
    case job_field::multiplayer_test_id:
      job_->multiplayer_test_id = text;
      return true;
    case job_field::test_name:
      job_->test_name = text;
      return true;
    case job_field::platform:
      job_->platform = text;
      return true;
    case job_field::build_id:
      job_->build_id = text;
      return true;
    case job_field::test_plan_execution_id:
      job_->test_plan_execution_id = text;
      return true;
    case job_field::queue_rejection_reason:
      job_->queue_rejection_reason = text;
      return true;
    case job_field::multiplayer_run_id:
      run_->multiplayer_run_id = text;
      return true;
    case job_field::run_state:
      run_->state = text;
      return true;
    case job_field::run_result:
      run_->result_text = text;
      run_->result = core::parse_run_result(text);
      return true;
    case job_field::run_started_at:
      run_->started_at = parse_timestamp(text);
      return true;
    case job_field::run_completed_at:
      run_->completed_at = parse_timestamp(text);
      return true;
    default:
      return fail_kind(ec);
  }
}

bool job_handler::store_number(std::int64_t number, error_code& ec) {
  switch (next().field) {
    case job_field::ignored:
      return true;
    case job_field::page:
      return store_count(page_->page, number, ec);
    case job_field::page_size:
      return store_count(page_->page_size, number, ec);
    case job_field::total_count:
      return store_count(page_->total_count, number, ec);
    case job_field::total_pages:
      return store_count(page_->total_pages, number, ec);
    case job_field::retries_total:
      return store_count(job_->retries.total, number, ec);
    case job_field::retries_remaining:
      return store_count(job_->retries.remaining, number, ec);
    case job_field::players:
      return store_count(run_->players, number, ec);
    default:
      return fail_kind(ec);
  }
}

template <class Int>
bool job_handler::store_count(Int& target, std::int64_t number, error_code& ec) {
  if (number < 0) return fail("is negative", ec);
  if (number > std::numeric_limits<Int>::max()) return fail("is too large", ec);
  target = static_cast<Int>(number);
  return true;
}

std::string job_handler::path() const {
  std::string path;
  for (const job_scope* scope = &scopes_[1]; scope <= scope_; ++scope) {
    if (scope->is_array) {
      path += '[' + std::to_string(scope->elements) + ']';
    } else {
      if (!path.empty()) path += '.';
      path += scope->next->name;
    }
  }
  return path.empty() ? "the body" : path;
}

bool job_handler::fail(std::string_view what, error_code& ec) {
  problem_ = path();
  problem_ += ' ';
  problem_ += what;
  ec = make_error_code(boost::system::errc::bad_message);
  return false;
}

bool job_handler::fail_kind(error_code& ec) {
  return fail(kind_sentence(next().kind), ec);
}

}  // namespace nunu::wire
