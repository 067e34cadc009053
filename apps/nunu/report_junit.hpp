/// \file
/// The report that CI systems read.
#pragma once

#include <string>

#include "results.hpp"

namespace cli {

/// A JUnit document, in the form that Jenkins, GitLab and the actions of GitHub read: one
/// `<testsuite>` for each suite of the results, named after it, or else after the group, or else
/// `nunu`; within it a `<testcase>` for each result.
///
/// | element | a job that |
/// | --- | --- |
/// | `<failure>` | failed or was blocked |
/// | `<skipped>` | was skipped |
/// | `<error>` | has any other ending but `passed`, also `stopped` and `rejected` |
///
/// Those two are errors because nobody knows what the test would have said: a pipeline that
/// looks only at the report must not be green when the command says otherwise.
///
/// Times are in seconds, and a suite's is the sum of its cases; a suite's timestamp is when its
/// first job started, in UTC. The names of a suite's cases differ, and are the same each time that
/// the same runs are launched: where several have one test, their keys are added, and then numbers.
std::string junit_report(const results& all);

}  // namespace cli
