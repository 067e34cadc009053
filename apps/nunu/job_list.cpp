#include "job_list.hpp"

#include <algorithm>
#include <cstddef>
#include <unordered_set>
#include <utility>

#include "request_rules.hpp"
#include "usage_error.hpp"

namespace cli {
namespace {

class job_list {
 public:
  void add(std::string id) {
    if (id.empty()) throw usage_error("JOB: is empty, must be the id of a job");
    if (has_control_character(id))
      throw usage_error("JOB: has a control character, such as a line feed, and must have none");
    if (seen_.insert(id).second) ids.push_back(std::move(id));
  }

  void add_words(std::string_view text) {
    constexpr std::string_view white = " \t\r\n\v\f";
    for (std::size_t end = 0; end < text.size();) {
      const std::size_t begin = text.find_first_not_of(white, end);
      if (begin == std::string_view::npos) return;
      end = std::min(text.find_first_of(white, begin), text.size());
      add(std::string(text.substr(begin, end - begin)));
    }
  }

  std::vector<std::string> ids;

 private:
  std::unordered_set<std::string> seen_;
};

}  // namespace

std::vector<std::string> read_job_list(const std::vector<std::string>& arguments,
                                       std::string_view group, inputs& in) {
  job_list list;
  for (const std::string& argument : arguments) {
    if (argument == "-")
      list.add_words(in.read_standard_input("JOB"));
    else
      list.add(argument);
  }
  const bool nothing_given = arguments.empty() && group.empty();
  if (nothing_given && !in.from().standard_input_is_terminal)
    list.add_words(in.read_standard_input("JOB"));
  if (list.ids.empty() && group.empty())
    throw usage_error(
        "JOB: no job is given: name jobs or a --group, or pass ids on standard input");
  return std::move(list.ids);
}

}  // namespace cli
