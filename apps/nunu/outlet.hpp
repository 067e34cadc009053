/// \file
/// Writing without being held up by a reader who stands still.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace cli {

/// Writes to a descriptor in the order of the calls, on a thread of its own. A reader who reads
/// gets each text before `write` returns; one who does not gets it later, and whoever writes goes
/// on meanwhile.
class outlet {
 public:
  /// The descriptor must stay open.
  explicit outlet(int fd);
  outlet(const outlet&) = delete;
  outlet& operator=(const outlet&) = delete;
  /// Waits as `be_patient` does.
  ~outlet();

  /// False: it cannot be written, or the reader stands still and gets it later.
  bool write(std::string_view text);
  /// There is something that the reader gets later.
  bool is_held_up() const;
  /// From now on, and for what was written before, waits for the reader however long it takes.
  void be_patient();
  /// Why something could not be written; 0: nothing is wrong. What comes after it is not written.
  int error() const;

 private:
  void serve();
  bool is_done() const { return (waiting_.empty() && !writing_) || error_ != 0; }

  const int fd_;
  mutable std::mutex mutex_;
  /// Something is to be done, or was.
  std::condition_variable changed_;
  std::string waiting_;
  bool writing_ = false;
  bool patient_ = false;
  bool ends_ = false;
  int error_ = 0;
  /// Last: it uses the others.
  std::thread thread_;
};

}  // namespace cli
