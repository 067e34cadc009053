// The simulator of the nunu.ai API as a command.
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/system/system_error.hpp>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <nunu/simulator.hpp>
#include <nunu/simulator_fault.hpp>

namespace {

namespace asio = boost::asio;

constexpr int exit_failure = 1;
constexpr int exit_usage = 2;

struct options {
  nunu::simulator_config config;
  std::string ca_file;
  std::string ready_file;
};

std::chrono::milliseconds parse_ms(const std::string& flag, std::string_view text) {
  std::int64_t ms = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (ec != std::errc() || end != text.data() + text.size()) {
    throw CLI::ValidationError(flag, "'" + std::string(text) + "' is not a number of milliseconds");
  }
  return std::chrono::milliseconds(ms);
}

// `A` or `A-B`, in milliseconds.
void add_range(CLI::App& app, const std::string& flag, nunu::duration_range& range,
               const std::string& description) {
  const auto parse = [flag, &range](const std::string& text) {
    const auto dash = text.find('-', 1);
    range.min = parse_ms(flag, text.substr(0, dash));
    range.max = dash == std::string::npos ? range.min : parse_ms(flag, text.substr(dash + 1));
  };
  app.add_option_function<std::string>(flag, parse, description)->type_name("A[-B]");
}

// What is wrong with the configuration, in the words of the command line.
std::string in_flags(std::string problem) {
  constexpr std::pair<std::string_view, std::string_view> flags[] = {
      {"read_only_key", "--read-only-key"},
      {"api_key", "--api-key"},
      {"project_id", "--project-id"},
      {"queue_time", "--queue-ms"},
      {"run_time", "--run-ms"},
      {"tests_per_plan", "--tests-per-plan"},
      {"pass_rate", "--pass-rate"},
      {"execution_failure_rate", "--execution-failure-rate"},
      {"rate_limit_per_second", "--rate-limit"},
      {"faults", "--fault"},
  };
  for (const auto& [field, flag] : flags) {
    if (const auto at = problem.find(field); at != std::string::npos) {
      problem.replace(at, field.size(), flag);
    }
  }
  return problem;
}

void add_options(CLI::App& app, options& o) {
  nunu::simulator_config& c = o.config;
  app.add_option("--port", c.port, "Port on 127.0.0.1; 0: any free one")
      ->type_name("N")
      ->check(CLI::Range(0, 65535));
  app.add_flag_callback(
      "--http", [&c] { c.tls = false; }, "Plain http instead of https");
  app.add_option("--ca-file", o.ca_file, "Write the certificate to trust here, in PEM")
      ->type_name("PATH");
  app.add_option("--ready-file", o.ready_file, "Write the base URL here once listening")
      ->type_name("PATH");
  app.add_option_function<std::string>(
         "--api-key", [&c](const std::string& key) { c.api_key = nunu::api_key(key); },
         "Key with all permissions; default: simulator-key")
      ->type_name("KEY");
  app.add_option_function<std::string>(
         "--read-only-key", [&c](const std::string& key) { c.read_only_key = nunu::api_key(key); },
         "Key that may read, but neither start nor stop")
      ->type_name("KEY");
  app.add_option("--project-id", c.project_id, "Id of the only project")
      ->type_name("ID")
      ->capture_default_str();
  add_range(app, "--queue-ms", c.queue_time, "How long jobs are queued; default: 500-2000");
  add_range(app, "--run-ms", c.run_time, "How long one attempt takes; default: 2000-8000");
  app.add_option("--tests-per-plan", c.tests_per_plan, "Tests in each test plan")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--rate-limit", c.rate_limit_per_second,
                 "Requests a second above which answers are 429; default: no limit")
      ->type_name("PER_SECOND");
  app.add_flag_callback(
      "--no-retry-after", [&c] { c.send_retry_after = false; }, "429 without Retry-After");
  app.add_option("--pass-rate", c.pass_rate, "Part of the carried out tests that passes, 0 to 1")
      ->type_name("P")
      ->capture_default_str();
  app.add_option("--execution-failure-rate", c.execution_failure_rate,
                 "Part of the attempts that ends in ERROR or TIMEOUT, 0 to 1")
      ->type_name("P")
      ->capture_default_str();
  const auto add_fault = [&c](const std::string& rule) {
    try {
      c.faults.push_back(nunu::parse_fault(rule));
    } catch (const std::invalid_argument& e) {
      throw CLI::ValidationError("--fault", e.what());
    }
  };
  app.add_option_function<std::string>(
         "--fault", add_fault,
         "What breaks, such as 'start_run #3 answer:17 reset'; may be "
         "given more than once")
      ->type_name("RULE")
      ->trigger_on_parse();
  app.add_flag("--older-envelopes", c.older_envelopes,
               "Starts and errors are answered in the older form");
  app.add_option("--seed", c.seed, "Of all randomness")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{0}, std::numeric_limits<std::int64_t>::max()))
      ->capture_default_str();
  app.set_version_flag("--version", std::string(NUNU_VERSION));
}

void write_file(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) {
    throw std::runtime_error("cannot write " + path);
  }
}

// Whoever waits for the file must not see half of it.
void write_file_at_once(const std::string& path, std::string_view text) {
  const std::string unfinished = path + ".tmp";
  write_file(unfinished, text);
  if (std::rename(unfinished.c_str(), path.c_str()) != 0) {
    std::remove(unfinished.c_str());
    throw std::runtime_error("cannot write " + path);
  }
}

nunu::simulator listen(asio::io_context& context, const nunu::simulator_config& config) {
  try {
    return nunu::simulator(context.get_executor(), config);
  } catch (const boost::system::system_error& e) {
    throw std::runtime_error("cannot listen on port " + std::to_string(config.port) + ": " +
                             e.code().message());
  }
}

void serve(const options& o) {
  // Left by an earlier one, it would speak of a simulator that is gone.
  if (!o.ready_file.empty()) {
    std::remove(o.ready_file.c_str());
  }
  asio::io_context context(1);
  nunu::simulator simulator = listen(context, o.config);
  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&simulator](boost::system::error_code, int) { simulator.close(); });
  if (!o.ca_file.empty()) {
    write_file(o.ca_file, simulator.certificate_pem());
  }
  if (!o.ready_file.empty()) {
    write_file_at_once(o.ready_file, simulator.base_url() + "\n");
  }
  std::cout << simulator.base_url() << std::endl;
  context.run();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A simulator of the nunu.ai API, for tests and demonstrations without an account.",
               "nunu-simulator");
  options o;
  add_options(app, o);
  try {
    app.parse(argc, argv);
    if (!o.config.tls && !o.ca_file.empty()) {
      throw CLI::ValidationError("--ca-file makes no sense with --http: there is no certificate");
    }
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : exit_usage;
  }
  try {
    serve(o);
  } catch (const std::invalid_argument& e) {
    std::cerr << "nunu-simulator: " << in_flags(e.what()) << '\n';
    return exit_usage;
  } catch (const std::exception& e) {
    std::cerr << "nunu-simulator: " << e.what() << '\n';
    return exit_failure;
  }
  return 0;
}
