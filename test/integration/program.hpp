// Programs that others wrote, as peers: started for one test, and ended with it.
#pragma once

#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace nunu::test {

namespace asio = boost::asio;

/// Gone with all that is in it at the end.
class temporary_folder {
 public:
  temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "nunu-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  std::string path() const { return path_.string(); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
  }
  std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path_ / name).rdbuf();
    return text.str();
  }

 private:
  std::filesystem::path path_;
};

/// Where a program is; empty when it is not installed.
inline std::string find_program(const std::string& name) {
  for (const char* folder : {"/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/"})
    if (::access((folder + name).c_str(), X_OK) == 0) return folder + name;
  return {};
}

/// A port for a program that has to be told one. The system gives it to nobody else as long as this
/// lives; the program can listen on it, as long as it sets SO_REUSEADDR, as servers do.
class reserved_port {
 public:
  reserved_port() {
    const asio::ip::tcp::endpoint any_port(asio::ip::address_v4::loopback(), 0);
    bound_.open(any_port.protocol());
    bound_.set_option(asio::socket_base::reuse_address(true));
    // It never listens: two can be bound to one port, but only one of them may.
    bound_.bind(any_port);
  }

  std::uint16_t number() const { return bound_.local_endpoint().port(); }

 private:
  asio::io_context context_;
  asio::ip::tcp::acceptor bound_{context_};
};

/// A program that serves, and stays in the foreground. Once it listens it writes its process id to
/// the file `pid` in its folder.
class program {
 public:
  /// Returns when it listens; throws when it never does.
  program(std::vector<std::string> words, const temporary_folder& folder) {
    const descriptor changes(::inotify_init1(IN_CLOEXEC));
    ::inotify_add_watch(changes.number, folder.path().c_str(), IN_CREATE);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    if (::posix_spawn(&pid_, words[0].c_str(), nullptr, nullptr, arguments.data(), environ) != 0)
      throw std::runtime_error("cannot start " + words[0]);
    const descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    while (!std::filesystem::exists(folder.file("pid"))) {
      pollfd watched[] = {{changes.number, POLLIN, 0}, {process.number, POLLIN, 0}};
      constexpr int patience_ms = 20'000;
      const bool in_time = ::poll(watched, std::size(watched), patience_ms) > 0;
      if (!in_time || watched[1].revents != 0) {
        end();
        throw std::runtime_error(words[0] + (in_time ? " ended at once" : " does not listen"));
      }
      char read_events[4096];
      [[maybe_unused]] const auto size = ::read(changes.number, read_events, sizeof read_events);
    }
  }
  ~program() { end(); }
  program(const program&) = delete;
  program& operator=(const program&) = delete;

  /// Returns once it has ended.
  void end() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  struct descriptor {
    explicit descriptor(int n) : number(n) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() { ::close(number); }
    int number;
  };

  pid_t pid_ = 0;
};

}  // namespace nunu::test
