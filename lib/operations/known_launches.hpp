/// \file
/// What a client knows of its launches without asking the service.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <nunu/run.hpp>

namespace nunu::operations {

/// Used on the client's strand.
class known_launches {
 public:
  /// A launch id is under way as long as this lives.
  class under_way {
   public:
    under_way(under_way&& other) noexcept
        : in_(std::exchange(other.in_, nullptr)), at_(other.at_) {}
    under_way& operator=(under_way&&) = delete;
    ~under_way() {
      if (in_ != nullptr) in_->under_way_.erase(at_);
    }

   private:
    friend class known_launches;
    under_way(known_launches& in, std::set<std::string>::iterator at) noexcept
        : in_(&in), at_(at) {}

    known_launches* in_;
    std::set<std::string>::iterator at_;
  };

  /// None: it is under way already. Two starts with one launch id would each find that the other
  /// has not started anything yet.
  std::optional<under_way> begin(const std::string& launch_id);

  /// The latest thousand are kept, or fewer when they have very many jobs.
  void remember(const started_run& run) noexcept;
  /// Null when it is not known, or forgotten.
  const started_run* find(std::string_view launch_id) const noexcept;

 private:
  void forget(std::deque<started_run>::iterator run) noexcept;

  std::set<std::string> under_way_;
  /// The latest last.
  std::deque<started_run> runs_;
  std::size_t jobs_ = 0;
};

}  // namespace nunu::operations
