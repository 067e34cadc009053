/// \file
/// What all programs here have in common: their flags, the jobs that they ask for, what they count
/// of themselves, and the line that they print. It knows nothing of the library.
#pragma once

#include <sys/resource.h>
#include <sys/time.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

constexpr int exit_failure = 1;
constexpr int exit_usage = 2;

struct options {
  std::string url;
  std::uint64_t requests = 0;
  std::size_t connections = 64;
  std::string ca_file;
};

/// `count` names the flag for `requests`.
inline void add_options(CLI::App& app, options& o, const std::string& count = "--requests") {
  app.add_option("--url", o.url, "Base URL of the API, such as http://127.0.0.1:8080/api/v1")
      ->type_name("URL")
      ->required();
  app.add_option(count, o.requests, "How many")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->required();
  app.add_option("--connections", o.connections, "At most this many at once")
      ->type_name("C")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--ca", o.ca_file, "The certificates to trust, in PEM, instead of the system's")
      ->type_name("FILE")
      ->check(CLI::ExistingFile);
}

inline std::string api_key() {
  const char* const token = std::getenv("NUNU_API_TOKEN");
  return token != nullptr ? token : "simulator-key";
}

/// The id of job `number`, in the form of the service's own; no two are alike.
inline std::string job_id(std::uint64_t number) {
  // The finalizer of SplitMix64, which is one-to-one: ids are spread like those that are random.
  std::uint64_t mixed = number + 0x9E37'79B9'7F4A'7C15;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58'476D'1CE4'E5B9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D0'49BB'1331'11EB;
  mixed ^= mixed >> 31;
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-4%03x-8%03x-%012llx",
                static_cast<unsigned>(mixed >> 32), static_cast<unsigned>(mixed >> 16 & 0xFFFF),
                static_cast<unsigned>(mixed >> 4 & 0xFFF),
                static_cast<unsigned>(mixed << 8 & 0xF00),
                static_cast<unsigned long long>(number & 0xFFFF'FFFF'FFFF));
  return {text.data(), text.size() - 1};
}

inline std::vector<std::string> job_ids(std::uint64_t count) {
  std::vector<std::string> ids;
  ids.reserve(count);
  for (std::uint64_t number = 0; number < count; ++number) ids.push_back(job_id(number));
  return ids;
}

/// A value of `/proc/self/status` that is given in KiB.
inline long status_kib(std::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name) && line[name.size()] == ':')
      return std::stol(line.substr(name.size() + 1));
  throw std::runtime_error("/proc/self/status lacks " + std::string(name));
}

inline long resident_kib() {
  return status_kib("VmRSS");
}

/// Not `ru_maxrss`: that also counts the process that this one was forked from.
inline long max_resident_kib() {
  return status_kib("VmHWM");
}

/// Time that passes, and CPU time that this process uses, from construction.
class stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

  double cpu_seconds() const { return cpu_now() - cpu_begin_; }

 private:
  static double in_seconds(const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  }

  static double cpu_now() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime);
  }

  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double cpu_begin_ = cpu_now();
};

struct measurement {
  std::string mode;
  /// Requests that were answered.
  std::uint64_t requests = 0;
  /// Jobs that the answers told of.
  std::uint64_t jobs = 0;
  double seconds = 0;
  double cpu_seconds = 0;
  /// What else the mode has to tell.
  std::vector<std::pair<std::string, std::uint64_t>> more{};
};

inline void print(const measurement& m) {
  std::printf(
      "{\"mode\":\"%s\",\"requests\":%llu,\"jobs\":%llu,\"seconds\":%.6f,\"cpu_seconds\":%.6f,"
      "\"max_rss_kib\":%ld",
      m.mode.c_str(), static_cast<unsigned long long>(m.requests),
      static_cast<unsigned long long>(m.jobs), m.seconds, m.cpu_seconds, max_resident_kib());
  for (const auto& [name, value] : m.more)
    std::printf(",\"%s\":%llu", name.c_str(), static_cast<unsigned long long>(value));
  std::printf("}\n");
}

/// Reads the flags, measures, prints the line, and gives the exit status.
template <class Measure>
int run(CLI::App& app, int argc, char** argv, Measure measure) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : exit_usage;
  }
  try {
    print(measure());
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s: %s\n", app.get_name().c_str(), e.what());
    return exit_failure;
  }
  return 0;
}

/// Peers must not be cheap because the server refuses.
inline void require_all(std::uint64_t answered, std::uint64_t asked) {
  if (answered != asked)
    throw std::runtime_error(std::to_string(answered) + " answers with status 200 to " +
                             std::to_string(asked) + " requests");
}

}  // namespace bench
