/// \file
/// All jobs of a command, and what is known of each.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include <nunu/job_run.hpp>
#include "results.hpp"

namespace cli {

/// In the order of their runs, and within a run in that of the service.
class roster {
 public:
  struct entry {
    result what;
    /// The last status that people were told.
    nunu::job_status told = nunu::job_status::unknown;
    /// The service says that it has stopped it, though its end was not seen.
    bool stopped = false;
    /// Nothing more will come, and what came was told.
    bool over = false;
  };

  explicit roster(std::size_t runs) : runs_(runs) {}

  /// The jobs of a run, which has none so far. Entries stay where they are.
  void add(std::size_t run, const result& like, const std::vector<std::string>& job_ids);
  /// Of a run that did not become a job.
  void add(std::size_t run, result without_job);

  /// Null: not one of ours.
  entry* find(const std::string& job_id);
  /// Whether nothing is known of the run.
  bool is_empty(std::size_t run) const { return runs_[run].empty(); }

  std::vector<std::string> unfinished() const;
  /// Calls `f` with each entry that is not over.
  template <class F>
  void for_each_unfinished(F f) {
    for (auto& run : runs_)
      for (entry& job : run)
        if (!job.over) f(job);
  }
  /// Takes all of it.
  std::vector<result> take();

 private:
  std::vector<std::vector<entry>> runs_;
  std::unordered_map<std::string, entry*> by_id_;
};

}  // namespace cli
