// Writes the report in HTML of made-up results, for the test with a browser.
//
// Usage: write_sample_report empty|endings|nightly|hostile FILE

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

#include "report_html.hpp"
#include "report_samples.hpp"

namespace {

using namespace std::string_literals;

constexpr std::size_t many = 10'000;

// Ends elements, begins comments, runs scripts, asks the network; not UTF-8 in the end.
const std::string markup =
    "</script><script>document.title='pwned'</script><!--<script>-->"
    "<img src=http://127.0.0.1:9/x onerror=\"document.title='pwned'\">"
    "\"'`&lt;&amp;\\u003c]]>\u2028\u2029\0\x01\x80\xFF"s;
const std::string address = "javascript:document.title='pwned'";

cli::results sample(std::string_view name) {
  if (name == "endings") return example::launch_with_every_ending();
  if (name == "nightly") return example::nightly_launch(many);
  if (name == "empty") return example::nightly_launch(0);
  cli::results all = example::launch_with_text(markup);
  const cli::results linked = example::launch_with_text(address);
  all.jobs.insert(all.jobs.end(), linked.jobs.begin(), linked.jobs.end());
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: write_sample_report empty|endings|nightly|hostile FILE\n";
    return EXIT_FAILURE;
  }
  std::ofstream file(argv[2], std::ios::binary);
  file << cli::html_report(sample(argv[1]));
  file.close();
  return file ? EXIT_SUCCESS : EXIT_FAILURE;
}
