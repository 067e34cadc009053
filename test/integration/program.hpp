// Programs that others wrote, as peers: started for one test, and ended with it.
#pragma once

#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
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

/// One that nothing listens on just now.
inline std::uint16_t free_port() {
  asio::io_context context;
  const asio::ip::tcp::acceptor once(context, {asio::ip::address_v4::loopback(), 0});
  return once.local_endpoint().port();
}

/// A program that serves on a port of loopback, and stays in the foreground.
class program {
 public:
  /// Returns once it accepts connections; throws when it never does.
  program(std::vector<std::string> words, std::uint16_t port) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    if (::posix_spawn(&pid_, words[0].c_str(), nullptr, nullptr, arguments.data(), environ) != 0)
      throw std::runtime_error("cannot start " + words[0]);
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!accepts(port)) {
      if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
        pid_ = 0;
        throw std::runtime_error(words[0] + " ended at once");
      }
      if (std::chrono::steady_clock::now() > give_up) {
        end();
        throw std::runtime_error(words[0] + " does not listen");
      }
      // Nobody tells when a program begins to listen.
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
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
  static bool accepts(std::uint16_t port) {
    asio::io_context context;
    asio::ip::tcp::socket probe(context);
    boost::system::error_code ec;
    probe.connect({asio::ip::address_v4::loopback(), port}, ec);
    return !ec;
  }

  pid_t pid_ = 0;
};

}  // namespace nunu::test
