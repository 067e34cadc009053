#include "outlet.hpp"

#include <cerrno>
#include <chrono>
#include <utility>

#include "terminal.hpp"

namespace cli {
namespace {

using namespace std::chrono_literals;

/// A reader who has not read for so long stands still.
constexpr auto kPatience = 100ms;

}  // namespace

outlet::outlet(int fd) : fd_(fd), thread_([this] { serve(); }) {}

outlet::~outlet() {
  be_patient();
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool outlet::write(std::string_view text) {
  std::unique_lock lock(mutex_);
  if (error_ != 0) return false;
  const bool held_up = !is_done();
  waiting_ += text;
  changed_.notify_all();
  // Who has waited once in vain does not wait again.
  if (patient_)
    changed_.wait(lock, [this] { return is_done(); });
  else if (held_up || !changed_.wait_for(lock, kPatience, [this] { return is_done(); }))
    return false;
  return error_ == 0;
}

bool outlet::is_held_up() const {
  const std::lock_guard lock(mutex_);
  return !is_done();
}

void outlet::be_patient() {
  std::unique_lock lock(mutex_);
  patient_ = true;
  changed_.wait(lock, [this] { return is_done(); });
}

int outlet::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

void outlet::serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !waiting_.empty() || ends_; });
    if (waiting_.empty()) return;
    const std::string text = std::exchange(waiting_, {});
    writing_ = true;
    lock.unlock();
    const bool written = write_all(fd_, text);
    const int error = errno;
    lock.lock();
    writing_ = false;
    if (!written) error_ = error;
    changed_.notify_all();
    if (!written) return;
  }
}

}  // namespace cli
