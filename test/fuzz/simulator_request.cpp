/// \file
/// What a client may send to the simulator: every answer is one that the client understands, and
/// pieces make no difference.
///
/// Input: one byte that says where to cut, then what one connection brings.

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/json/parse.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "pieces.hpp"
#include "property.hpp"
#include "simulator/answer_text.hpp"
#include "simulator/api.hpp"
#include "simulator/request_reader.hpp"
#include "transport/response_parser.hpp"
#include "wire/error_json.hpp"
#include "wire/job_json.hpp"
#include "wire/run_details_json.hpp"
#include "wire/run_json.hpp"
#include "wire/stop_json.hpp"

namespace nunu::fuzz {
namespace {

using simulation::endpoint;
using simulation::read_progress;

constexpr timestamp kEpoch = std::chrono::sys_days(std::chrono::year(2026) / 3 / 3);

/// In place of the text of a refusal.
constexpr std::string_view kRefused = "refused";

simulator_config config() {
  simulator_config c;
  c.api_key = api_key("k");
  c.read_only_key = api_key("r");
  c.project_id = "p";
  c.tests_per_plan = 2;
  return c;
}

/// One connection to a simulator of its own. A second passes with each request.
class conversation {
 public:
  /// The texts of all answers.
  std::vector<std::string> hold(const pieces& arriving) {
    for (const std::string_view piece : arriving) {
      if (ended_) break;
      append(piece);
      answer_what_came();
    }
    return answers_;
  }

 private:
  void append(std::string_view piece) {
    boost::asio::buffer_copy(buffer_.prepare(piece.size()), boost::asio::buffer(piece));
    buffer_.commit(piece.size());
  }

  void answer_what_came() {
    while (!ended_) {
      switch (reader_.feed(buffer_)) {
        case read_progress::needs_more:
          return;
        case read_progress::complete:
          answer_request();
          break;
        case read_progress::refused:
          answer_refusal();
          break;
      }
    }
  }

  void answer_request() {
    const simulation::request r = reader_.get();
    require(r.body.size() <= simulation::max_request_body, "the limit on bodies holds");
    now_ += std::chrono::seconds(1);
    std::string body;
    const simulation::answer given = api_.handle(r, now_, body);
    require_understood(r, given, body);
    write(given, body, {reader_.keep_alive(), reader_.is_http_1_0(), reader_.is_head()});
    ended_ = !reader_.keep_alive();
    reader_.restart();
  }

  void answer_refusal() {
    std::string body;
    const simulation::answer given = api_.refuse(reader_.why_refused(), body);
    require(given.status >= 400, "a refusal is an error");
    require(!wire::decode_error(body).unfamiliar, "a refusal says why", body);
    write(given, body, {.keep_alive = false});
    answers_.back() = kRefused;
    ended_ = true;
  }

  void write(const simulation::answer& given, std::string_view body,
             const simulation::answer_form& form) {
    std::string text;
    simulation::write_answer(given, body, form, text);
    require_parses(text, given.status, body, form);
    answers_.push_back(std::move(text));
  }

  /// As the client's own parser sees it.
  static void require_parses(const std::string& text, int status, std::string_view body,
                             const simulation::answer_form& form) {
    transport::response read;
    transport::response_parser parser(read);
    parser.skip(form.without_body);
    boost::system::error_code ec;
    const std::size_t used = parser.put(boost::asio::buffer(text), ec);
    require(!ec && parser.is_done() && used == text.size(), "an answer is one answer", text);
    require(read.status == status, "with its status", text);
    require(form.without_body || read.body == body, "and its body", text);
    require(parser.keep_alive() == form.keep_alive, "and says whether it is the last", text);
  }

  /// As the client's own decoders see it.
  void require_understood(const simulation::request& r, const simulation::answer& given,
                          const std::string& body) {
    boost::system::error_code ec;
    boost::json::parse(body, ec);
    require(!ec, "a body is JSON", body);
    const simulation::route to = simulation::find_route(r.target);
    if (given.status >= 400) {
      const bool none_to_stop = to.to == endpoint::stop_jobs && given.status == 404;
      require(none_to_stop || !wire::decode_error(body).unfamiliar, "an error says why", body);
      return;
    }
    require(r.api_key == "k" || r.api_key == "r" || to.to == endpoint::stats,
            "nothing is done without a key");
    if (to.to == endpoint::start_run || to.to == endpoint::start_plan)
      require_started(r, body);
    else if (to.to == endpoint::get_job)
      require_is_job(body, to.id);
    else if (to.to == endpoint::list_jobs)
      require_is_page(body);
    else if (to.to == endpoint::get_run)
      require_is_run(body, to.id);
    else if (to.to == endpoint::list_bugs)
      require_are_bugs(body);
    else if (to.to == endpoint::stop_jobs)
      require(wire::decode_stop_report(body).has_value(), "a stop is understood", body);
  }

  void require_started(const simulation::request& r, const std::string& body) {
    require(r.api_key == "k", "who may only read starts nothing");
    const auto run = wire::decode_started_run(body);
    require(run.has_value() && !run->job_ids.empty(), "a start is understood", body);
    for (const std::string& id : run->job_ids) {
      require_is_job(found_at("/api/v1/jobs/" + id), id);
    }
  }

  void require_is_job(const std::string& body, std::string_view id) {
    job j;
    require(decoder_.decode_job(body, j).has_value(), "a job is understood", body);
    require(j.job_id == id, "it is the one that was asked for", body);
    require_has_its_runs(j);
  }

  void require_is_page(const std::string& body) {
    job_page page;
    require(decoder_.decode_page(body, page).has_value(), "a page is understood", body);
    require(page.page_size >= 1 && page.page_size <= 100, "a page has a size", body);
    require(page.jobs.size() <= static_cast<std::size_t>(page.page_size),
            "a page has no more jobs than that", body);
    require(page.total_pages * page.page_size >= page.total_count, "pages hold all jobs", body);
    for (const job& j : page.jobs) require_has_its_runs(j);
  }

  void require_has_its_runs(const job& j) {
    for (const job_run& run : j.runs) {
      const std::string target = "/api/v1/runs/" + run.multiplayer_run_id;
      require_is_run(found_at(target), run.multiplayer_run_id);
      require_are_bugs(found_at(target + "/bugs"));
    }
  }

  std::string found_at(const std::string& target) {
    std::string body;
    const auto found = api_.handle({"GET", target, "r", ""}, now_, body);
    require(found.status == 200, "what was told of is there", target);
    return body;
  }

  static void require_is_run(const std::string& body, std::string_view id) {
    const auto run = wire::decode_run_details(body);
    require(run.has_value(), "a run is understood", body);
    require(run->multiplayer_run_id == id, "it is the one that was asked for", body);
  }

  static void require_are_bugs(const std::string& body) {
    require(wire::decode_bug_page(body).has_value(), "bugs are understood", body);
  }

  simulation::api api_{config(), kEpoch};
  simulation::model_time now_{0};
  simulation::request_reader reader_;
  boost::beast::flat_buffer buffer_{simulation::request_reader::max_buffer};
  wire::job_decoder decoder_;
  std::vector<std::string> answers_;
  bool ended_ = false;
};

/// The answers to what arrives, but for a refusal: where a request is at fault is sometimes found
/// only when more of it has come.
std::vector<std::string> answers_to(const pieces& arriving) {
  std::vector<std::string> answers = conversation().hold(arriving);
  if (!answers.empty() && answers.back() == kRefused) answers.pop_back();
  return answers;
}

void check(std::string_view input) {
  if (input.empty()) return;
  const auto seed = static_cast<std::uint8_t>(input.front());
  const std::string_view sent = input.substr(1);
  if (sent.size() > simulation::request_reader::max_buffer) return;
  const auto whole = answers_to({sent});
  require(answers_to(cut_at_random(sent, seed)) == whole, "pieces make no difference");
  require(answers_to(single_bytes(sent)) == whole, "single bytes make no difference");
}

}  // namespace
}  // namespace nunu::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  nunu::fuzz::check(nunu::fuzz::text_of(bytes, size));
  return 0;
}
