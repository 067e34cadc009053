// schedule_bench: what each operation of the pure core costs by the number of watched jobs, and how
// many bytes a job takes. The number of jobs stays the same while time is taken.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "bench/draws.hpp"
#include "bench/measurement.hpp"
#include "core/job_ids.hpp"
#include "core/schedule.hpp"

namespace {

/// Of this process, with what the allocator rounds up.
std::size_t bytes_in_use = 0;
std::size_t most_bytes_in_use = 0;

}  // namespace

void* operator new(std::size_t size) {
  void* const block = std::malloc(size);
  if (block == nullptr) throw std::bad_alloc();
  bytes_in_use += malloc_usable_size(block);
  most_bytes_in_use = std::max(most_bytes_in_use, bytes_in_use);
  return block;
}

void operator delete(void* block) noexcept {
  bytes_in_use -= malloc_usable_size(block);
  std::free(block);
}

void operator delete(void* block, std::size_t) noexcept {
  operator delete(block);
}

namespace {

using namespace std::chrono_literals;
using nunu::job_status;
using nunu::core::job_ids;
using nunu::core::schedule;
using nunu::core::time_point;
using what_next = schedule::what_next;

/// Operations between two looks at the clock, which are then nothing beside them; and few beside
/// the fewest jobs.
constexpr std::size_t kBatch = 64;
constexpr std::size_t kPageSize = nunu::core::group_sweep::kPageSize;

/// The first poll is as far away as any other, so that a job that has just been added is like those
/// that were there.
constexpr nunu::poll_cadence kCadence{
    .first = 30s, .growth = 2.0, .queued = 30s, .running = 30s, .ending = 30s};
/// The part of it within which the first poll comes by default.
constexpr double kSoon = 1.0 / 30.0;

/// Times `measured`, which does `operations` of them, and not `restore`, which undoes what they did
/// to the number of jobs.
template <class Measured, class Restore>
void take_time(benchmark::State& state, std::size_t operations, Measured measured,
               Restore restore) {
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(operations))) {
    const auto begin = std::chrono::steady_clock::now();
    measured();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    state.SetIterationTime(taken.count());
    restore();
  }
}

void nothing() {}

std::size_t jobs_of(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

using slot_batch = std::array<schedule::slot, kBatch>;

/// Slots from all over those from `begin` to `end`, each once.
slot_batch choose(std::size_t begin, std::size_t end, bench::draws& draw) {
  const std::size_t part = (end - begin) / kBatch;
  slot_batch chosen{};
  for (std::size_t i = 0; i < kBatch; ++i)
    chosen[i] = static_cast<schedule::slot>(begin + i * part + draw.bits() % part);
  return chosen;
}

/// A schedule whose jobs have the slots 0 to `jobs` - 1.
struct subject {
  explicit subject(std::size_t count) : jobs(count) {
    // Room for those of a batch, which come on top: nothing grows while time is taken.
    for (std::size_t i = 0; i < jobs + kBatch; ++i) all.add(now, draw());
    for (std::size_t i = kBatch; i-- > 0;) all.remove(static_cast<schedule::slot>(jobs + i));
  }

  /// What is due next, however long it is until then.
  schedule::action next() {
    schedule::action action = all.next(now);
    while (action.what == what_next::wait_until) {
      now = action.when;
      action = all.next(now);
    }
    return action;
  }

  void choose_batch(std::size_t begin = 0) { batch = choose(begin, jobs, draw); }

  void remove_batch() {
    for (const schedule::slot job : batch) all.remove(job);
  }

  void add_batch(double part_of_interval) {
    for (schedule::slot& job : batch) job = all.add(now, draw() * part_of_interval);
  }

  std::size_t jobs;
  schedule all{kCadence, schedule::batching::on};
  time_point now{1h};
  bench::draws draw;
  slot_batch batch{};
};

void add(benchmark::State& state) {
  subject s(jobs_of(state));
  take_time(
      state, kBatch, [&] { s.add_batch(kSoon); }, [&] { s.remove_batch(); });
}

void remove(benchmark::State& state) {
  subject s(jobs_of(state));
  s.choose_batch();
  take_time(
      state, kBatch, [&] { s.remove_batch(); },
      [&] {
        s.add_batch(1.0);
        s.choose_batch();
      });
}

void next_observed(benchmark::State& state) {
  subject s(jobs_of(state));
  take_time(
      state, kBatch,
      [&] {
        for (std::size_t i = 0; i < kBatch; ++i)
          s.all.observed(s.next().job, job_status::running, s.now, s.draw());
      },
      nothing);
}

/// An outage: each poll is the probe.
void next_failed(benchmark::State& state) {
  subject s(jobs_of(state));
  take_time(
      state, kBatch,
      [&] {
        for (std::size_t i = 0; i < kBatch; ++i) s.all.failed(s.next().job, s.now, s.draw());
      },
      nothing);
}

void next_answered_for_good(benchmark::State& state) {
  subject s(jobs_of(state));
  take_time(
      state, kBatch,
      [&] {
        for (std::size_t i = 0; i < kBatch; ++i) s.all.answered_for_good(s.next().job, s.now);
      },
      [&] { s.add_batch(1.0); });
}

/// To a group that is swept and has half of the jobs, from among the other half.
void assign(benchmark::State& state) {
  subject s(jobs_of(state));
  const auto group = s.all.add_group();
  const std::size_t half = s.jobs / 2;
  for (std::size_t job = 0; job < half; ++job)
    s.all.assign(static_cast<schedule::slot>(job), group, s.now, s.draw());
  s.choose_batch(half);
  take_time(
      state, kBatch,
      [&] {
        for (const schedule::slot job : s.batch) s.all.assign(job, group, s.now, s.draw());
      },
      [&] {
        s.remove_batch();
        s.add_batch(1.0);
        s.choose_batch(half);
      });
}

/// All jobs in one group, listed in this order.
void sweep(benchmark::State& state, const std::vector<schedule::slot>& listed) {
  subject s(jobs_of(state));
  const auto group = s.all.add_group();
  for (const schedule::slot job : listed) s.all.assign(job, group, s.now, s.draw());
  const auto pages = static_cast<std::uint32_t>(listed.size() / kPageSize);
  take_time(
      state, kPageSize,
      [&] {
        const auto page = s.next().page;
        const auto first = listed.begin() + static_cast<std::ptrdiff_t>(page * kPageSize);
        std::for_each_n(first, kPageSize,
                        [&](schedule::slot job) { s.all.found(group, job, job_status::running); });
        s.all.page_landed(group, pages, s.now, s.draw());
      },
      nothing);
}

std::vector<schedule::slot> slots(std::size_t jobs) {
  std::vector<schedule::slot> all(jobs);
  for (std::size_t i = 0; i < jobs; ++i) all[i] = static_cast<schedule::slot>(i);
  return all;
}

/// A job found on a page, with its share of `next` and `page_landed`. Jobs are listed as they were
/// added.
void page_in_order(benchmark::State& state) {
  sweep(state, slots(jobs_of(state)));
}

/// The worst case: the listing has nothing to do with the order in which jobs were added.
void page_shuffled(benchmark::State& state) {
  auto listed = slots(jobs_of(state));
  bench::draws draw;
  for (std::size_t i = listed.size(); i > 1; --i)
    std::swap(listed[i - 1], listed[static_cast<std::size_t>(draw() * static_cast<double>(i))]);
  sweep(state, listed);
}

/// The ids of `bench::job_id` from 0 to `jobs` - 1.
struct id_subject {
  explicit id_subject(std::size_t count) : jobs(count) {
    for (std::size_t i = 0; i < jobs + kBatch; ++i)
      all.add(static_cast<job_ids::slot>(i), bench::job_id(i));
    for (std::size_t i = kBatch; i-- > 0;) all.remove(static_cast<job_ids::slot>(jobs + i));
    choose_batch();
  }

  void choose_batch() {
    batch = choose(0, jobs, draw);
    for (std::size_t i = 0; i < kBatch; ++i) texts[i] = bench::job_id(batch[i]);
  }

  void add_batch() {
    for (std::size_t i = 0; i < kBatch; ++i) all.add(batch[i], texts[i]);
  }

  void remove_batch() {
    for (const job_ids::slot job : batch) all.remove(job);
  }

  std::size_t jobs;
  job_ids all;
  bench::draws draw;
  slot_batch batch{};
  std::array<std::string, kBatch> texts;
};

void id_add(benchmark::State& state) {
  id_subject s(jobs_of(state));
  s.remove_batch();
  take_time(
      state, kBatch, [&] { s.add_batch(); },
      [&] {
        s.choose_batch();
        s.remove_batch();
      });
}

void id_remove(benchmark::State& state) {
  id_subject s(jobs_of(state));
  take_time(
      state, kBatch, [&] { s.remove_batch(); },
      [&] {
        s.add_batch();
        s.choose_batch();
      });
}

void id_find(benchmark::State& state) {
  id_subject s(jobs_of(state));
  take_time(
      state, kBatch,
      [&] {
        for (const std::string& text : s.texts) benchmark::DoNotOptimize(s.all.find(text));
      },
      [&] { s.choose_batch(); });
}

void id_text(benchmark::State& state) {
  id_subject s(jobs_of(state));
  std::string text;
  take_time(
      state, kBatch,
      [&] {
        for (const job_ids::slot job : s.batch) {
          text.clear();
          s.all.append_text(job, text);
          benchmark::DoNotOptimize(text.data());
        }
      },
      [&] { s.choose_batch(); });
}

/// Counts what `fill`, which puts that many jobs into an empty `Subject`, takes in the end, and at
/// most on the way: a vector that grows is there twice for a moment.
template <class Subject, class Fill>
void count_bytes(benchmark::State& state, Subject empty, Fill fill) {
  const auto jobs = static_cast<double>(state.range(0));
  for (auto _ : state) {
    Subject filled = empty;
    const std::size_t before = most_bytes_in_use = bytes_in_use;
    fill(filled);
    state.counters["bytes_per_job"] = static_cast<double>(bytes_in_use - before) / jobs;
    state.counters["most_bytes_per_job"] = static_cast<double>(most_bytes_in_use - before) / jobs;
  }
}

void bytes_of_schedule(benchmark::State& state) {
  count_bytes(state, schedule(kCadence, schedule::batching::on), [&](schedule& s) {
    for (std::size_t i = 0; i < jobs_of(state); ++i) s.add(time_point{1h}, 0.5);
  });
}

void bytes_of_schedule_with_group(benchmark::State& state) {
  count_bytes(state, schedule(kCadence, schedule::batching::on), [&](schedule& s) {
    const auto group = s.add_group();
    for (std::size_t i = 0; i < jobs_of(state); ++i)
      s.assign(s.add(time_point{1h}, 0.5), group, time_point{1h}, 0.5);
  });
}

void bytes_of_job_ids(benchmark::State& state) {
  count_bytes(state, job_ids(), [&](job_ids& ids) {
    for (std::size_t i = 0; i < jobs_of(state); ++i)
      ids.add(static_cast<job_ids::slot>(i), bench::job_id(i));
  });
}

void sizes(benchmark::internal::Benchmark* b) {
  b->ArgName("jobs")->Arg(1'000)->Arg(10'000)->Arg(100'000)->Arg(1'000'000);
}

void timed(benchmark::internal::Benchmark* b) {
  // What is not timed takes longer than what is.
  b->Apply(sizes)->UseManualTime()->MinTime(0.05);
}

void counted(benchmark::internal::Benchmark* b) {
  b->Apply(sizes)->Iterations(1);
}

BENCHMARK(add)->Apply(timed);
BENCHMARK(remove)->Apply(timed);
BENCHMARK(next_observed)->Apply(timed);
BENCHMARK(next_failed)->Apply(timed);
BENCHMARK(next_answered_for_good)->Apply(timed);
BENCHMARK(assign)->Apply(timed);
BENCHMARK(page_in_order)->Apply(timed);
BENCHMARK(page_shuffled)->Apply(timed);
BENCHMARK(id_add)->Apply(timed);
BENCHMARK(id_remove)->Apply(timed);
BENCHMARK(id_find)->Apply(timed);
BENCHMARK(id_text)->Apply(timed);
BENCHMARK(bytes_of_schedule)->Apply(counted);
BENCHMARK(bytes_of_schedule_with_group)->Apply(counted);
BENCHMARK(bytes_of_job_ids)->Apply(counted);

}  // namespace

BENCHMARK_MAIN();
