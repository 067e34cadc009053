/// \file
/// The report for people in a browser.
#pragma once

#include <string>

#include "results.hpp"

namespace cli {

/// One HTML page with everything in it, which asks no network for anything: how the jobs ended,
/// a timeline of all of them, and why those failed that did. What the service wrote stays text in
/// it. Addresses of artifacts, which may be secret, are left out.
std::string html_report(const results& all);

}  // namespace cli
