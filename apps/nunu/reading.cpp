#include "reading.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>

#include "crew.hpp"

namespace cli {
namespace {

namespace asio = boost::asio;

constexpr int kLargestPage = 100;
/// Who creates jobs faster than they can be listed has to be taken at a moment.
constexpr int kMostListings = 10;

std::string tag_of(const std::string& group) {
  std::string tag = "nunu-group-";
  return tag.append(group);
}

/// Jobs in the order in which they were first listed, as they were last listed.
class listing {
 public:
  explicit listing(std::string tag) : tag_(std::move(tag)) {}

  /// True: some of them are new.
  bool add(nunu::job_page page) {
    bool news = false;
    for (nunu::job& job : page.jobs) {
      // A service that ignores the filter would hand us the jobs of others.
      if (std::find(job.tags.begin(), job.tags.end(), tag_) == job.tags.end()) continue;
      const auto [place, is_new] = places_.emplace(job.job_id, jobs_.size());
      if (is_new)
        jobs_.push_back(std::move(job));
      else
        jobs_[place->second] = std::move(job);
      news |= is_new;
    }
    return news;
  }

  std::vector<nunu::job> take() { return std::move(jobs_); }

 private:
  std::string tag_;
  std::vector<nunu::job> jobs_;
  std::unordered_map<std::string, std::size_t> places_;
};

/// What the operation gives that `begin` begins.
template <class T, class Begin>
asio::awaitable<T> read(session& s, Begin begin) {
  nunu::diagnostics why;
  cancellable::member cut(s.reads);
  auto [ec, value] = co_await begin(why, cancelled_by(cut));
  if (ec) throw nunu::error(ec, why);
  co_return std::move(value);
}

asio::awaitable<nunu::job_page> read_page(session& s, int page) {
  nunu::job_query query;
  query.tags.push_back(tag_of(s.what.group));
  query.page = page;
  query.page_size = kLargestPage;
  const auto list = [&s, query = std::move(query)](nunu::diagnostics& why, auto token) {
    return s.client.list_jobs(query, why, std::move(token));
  };
  return read<nunu::job_page>(s, list);
}

asio::awaitable<void> read_page_into(session& s, int page, listing& into, bool& news) {
  nunu::job_page read = co_await read_page(s, page);
  news |= into.add(std::move(read));
}

/// True: it had some that are new.
asio::awaitable<bool> read_all_pages(session& s, listing& into) {
  nunu::job_page first = co_await read_page(s, 0);
  const auto pages = static_cast<std::size_t>(std::max<std::int64_t>(1, first.total_pages));
  bool news = into.add(std::move(first));
  const std::function<asio::awaitable<void>(std::size_t)> read_one = [&](std::size_t before) {
    return read_page_into(s, static_cast<int>(before) + 1, into, news);
  };
  co_await for_each_of(pages - 1, kReadsAtOnce, read_one);
  co_return news;
}

}  // namespace

asio::awaitable<nunu::job> read_job(session& s, std::string job_id) {
  const auto get = [&s, id = std::move(job_id)](nunu::diagnostics& why, auto token) {
    return s.client.get_job(id, why, std::move(token));
  };
  return read<nunu::job>(s, get);
}

asio::awaitable<nunu::run_details> read_run(session& s, std::string run_id) {
  const auto get = [&s, id = std::move(run_id)](nunu::diagnostics& why, auto token) {
    return s.client.get_run(id, why, std::move(token));
  };
  return read<nunu::run_details>(s, get);
}

asio::awaitable<std::vector<nunu::bug>> read_bugs(session& s, std::string run_id) {
  const auto list = [&s, id = std::move(run_id)](nunu::diagnostics& why, auto token) {
    return s.client.list_bugs(id, why, std::move(token));
  };
  return read<std::vector<nunu::bug>>(s, list);
}

asio::awaitable<std::vector<nunu::job>> list_group_once(session& s) {
  listing found(tag_of(s.what.group));
  co_await read_all_pages(s, found);
  co_return found.take();
}

asio::awaitable<std::vector<nunu::job>> list_group(session& s) {
  listing found(tag_of(s.what.group));
  bool news = co_await read_all_pages(s, found);
  // An empty group is listed twice, too: nothing may be there because a page has shifted.
  for (int listings = 1; (news || listings == 1) && listings < kMostListings; ++listings)
    news = co_await read_all_pages(s, found);
  co_return found.take();
}

nunu::job_outcome outcome_of(const nunu::job& job) {
  nunu::job_outcome outcome;
  outcome.job_id = job.job_id;
  outcome.status = job.status;
  outcome.status_text = job.status_text;
  if (job.status == nunu::job_status::completed) {
    outcome.kind = nunu::outcome_kind::finished;
    outcome.verdict = nunu::verdict_of(job);
    outcome.job = std::make_shared<const nunu::job>(job);
  }
  return outcome;
}

nunu::job_outcome outcome_of(std::string job_id, boost::system::error_code error,
                             const nunu::diagnostics& why) {
  nunu::job_outcome outcome;
  outcome.job_id = std::move(job_id);
  outcome.kind = nunu::outcome_kind::unreachable;
  outcome.error = error;
  outcome.error_message = why.to_string();
  return outcome;
}

}  // namespace cli
