// curl_multi: asks for jobs with libcurl's multi interface, driven by its socket callbacks and
// epoll. Handles are used again and again; nothing is decoded, nothing is timed.
#include <curl/curl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "bench/measurement.hpp"

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

void check(CURLMcode code) {
  if (code != CURLM_OK) throw std::runtime_error(curl_multi_strerror(code));
}

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(easy, option, value);
  if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
}

std::size_t ignore_body(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

/// One multi handle with its sockets and its one timer.
class transfers {
 public:
  explicit transfers(const bench::options& o)
      : url_(o.url + "/jobs/"), ids_(bench::job_ids(o.requests)) {
    if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
    const std::string key = "X-Api-Key: " + bench::api_key();
    headers_ = curl_slist_append(nullptr, key.c_str());
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &watch_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &set_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(o.connections));
    for (std::size_t i = 0; i < o.connections; ++i) handles_.push_back(make_handle(o));
  }

  transfers(const transfers&) = delete;
  transfers& operator=(const transfers&) = delete;

  ~transfers() {
    for (CURL* const easy : handles_) {
      curl_multi_remove_handle(multi_, easy);
      curl_easy_cleanup(easy);
    }
    curl_multi_cleanup(multi_);
    curl_slist_free_all(headers_);
    close(epoll_);
  }

  void run() {
    for (CURL* const easy : handles_) start_next(easy);
    while (running_ > 0) {
      wait_and_act();
      finish_transfers();
    }
  }

  std::uint64_t answers_200() const { return answers_200_; }

 private:
  static int watch_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
    // A connection without a request is about to get the next one. To have epoll forget it and look
    // at it again would make each request a fifth dearer.
    if (what == CURL_POLL_REMOVE) return 0;
    auto* const all = static_cast<transfers*>(self);
    epoll_event wanted{};
    wanted.data.fd = socket;
    if ((what & CURL_POLL_IN) != 0) wanted.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) wanted.events |= EPOLLOUT;
    std::uint32_t& watched = all->watched_for(socket);
    if (watched == wanted.events) return 0;
    epoll_ctl(all->epoll_, watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &wanted);
    watched = wanted.events;
    return 0;
  }

  static int close_socket(void* self, curl_socket_t socket) {
    static_cast<transfers*>(self)->watched_for(socket) = 0;
    return close(socket);
  }

  std::uint32_t& watched_for(curl_socket_t socket) {
    const auto index = static_cast<std::size_t>(socket);
    if (index >= watched_.size()) watched_.resize(index + 1);
    return watched_[index];
  }

  static int set_timer(CURLM*, long ms, void* self) {
    auto& wake_at = static_cast<transfers*>(self)->wake_at_;
    wake_at.reset();
    if (ms >= 0) wake_at = steady_clock::now() + milliseconds(ms);
    return 0;
  }

  CURL* make_handle(const bench::options& o) {
    CURL* const easy = curl_easy_init();
    set(easy, CURLOPT_HTTPHEADER, headers_);
    set(easy, CURLOPT_WRITEFUNCTION, &ignore_body);
    set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_CLOSESOCKETFUNCTION, &close_socket);
    set(easy, CURLOPT_CLOSESOCKETDATA, this);
    // Whatever the environment says.
    set(easy, CURLOPT_PROXY, "");
    if (!o.ca_file.empty()) set(easy, CURLOPT_CAINFO, o.ca_file.c_str());
    return easy;
  }

  void start_next(CURL* easy) {
    if (next_ == ids_.size()) return;
    const std::string url = url_ + ids_[next_++];
    set(easy, CURLOPT_URL, url.c_str());
    check(curl_multi_add_handle(multi_, easy));
    ++running_;
  }

  /// Until the timer, or forever without one.
  int epoll_timeout() const {
    if (!wake_at_) return -1;
    const auto left = std::chrono::ceil<milliseconds>(*wake_at_ - steady_clock::now());
    return left > milliseconds::zero() ? static_cast<int>(left.count()) : 0;
  }

  void wait_and_act() {
    std::array<epoll_event, 256> events{};
    const int count = epoll_wait(epoll_, events.data(), events.size(), epoll_timeout());
    int still_running = 0;
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      int what = 0;
      if ((event.events & EPOLLIN) != 0) what |= CURL_CSELECT_IN;
      if ((event.events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
      if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) what |= CURL_CSELECT_ERR;
      check(curl_multi_socket_action(multi_, event.data.fd, what, &still_running));
    }
    if (!wake_at_ || steady_clock::now() < *wake_at_) return;
    wake_at_.reset();
    check(curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &still_running));
  }

  void finish_transfers() {
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* const easy = message->easy_handle;
      const CURLcode result = message->data.result;
      if (result != CURLE_OK) throw std::runtime_error(curl_easy_strerror(result));
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      if (status == 200) ++answers_200_;
      check(curl_multi_remove_handle(multi_, easy));
      --running_;
      start_next(easy);
    }
  }

  std::string url_;
  std::vector<std::string> ids_;
  std::size_t next_ = 0;
  std::size_t running_ = 0;
  std::uint64_t answers_200_ = 0;
  /// What epoll looks for, by socket; 0: it does not know the socket.
  std::vector<std::uint32_t> watched_;
  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  CURLM* multi_ = curl_multi_init();
  curl_slist* headers_ = nullptr;
  std::vector<CURL*> handles_;
  std::optional<steady_clock::time_point> wake_at_;
};

bench::measurement measure(const bench::options& o) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  transfers all(o);
  const bench::stopwatch watch;
  all.run();
  const double cpu = watch.cpu_seconds();
  const double seconds = watch.seconds();
  bench::require_all(all.answers_200(), o.requests);
  return {"curl_multi", o.requests, o.requests, seconds, cpu};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Asks for jobs with libcurl multi.", "curl_multi");
  bench::options o;
  bench::add_options(app, o);
  return bench::run(app, argc, argv, [&] { return measure(o); });
}
