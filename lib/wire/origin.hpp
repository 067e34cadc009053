/// \file
/// Base URLs, and the targets of requests below them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nunu/job.hpp>
#include "wire/decoded.hpp"
#include "wire/endpoint.hpp"

namespace nunu::wire {

/// Where requests go.
struct origin : endpoint {
  bool tls = true;
  /// For the `Host` header: brackets around an IPv6 address, the port only when it is not the
  /// scheme's own.
  std::string authority;
  /// Such as `/api/v1` or `/api/v1/project/<id>`: no slash at the end, percent-encoded.
  std::string base_target;

  friend bool operator==(const origin&, const origin&) = default;
};

/// Understands `client_config::base_url`: `/api` and `/v1` are added where they are missing, and
/// `/project/<id>` may end it. An error for: no http or https URL, user info, a query, a fragment,
/// no host, port 0, two project ids that differ, and plain http to a host that is neither loopback
/// (`localhost`, 127.0.0.0/8, `::1`) nor allowed.
decoded<origin> parse_base_url(std::string_view base_url, std::string_view project_id,
                               bool allow_plain_http);

/// Targets below `base_target`, percent-encoded where needed.
std::string job_target(const origin& o, std::string_view job_id);
std::string jobs_target(const origin& o, const job_query& query);
std::string runs_target(const origin& o);
std::string stop_target(const origin& o);
std::string run_target(const origin& o, std::string_view run_id);
/// With as many bugs on a page as there can be; pages count from 0.
std::string bugs_target(const origin& o, std::string_view run_id, std::int64_t page);

}  // namespace nunu::wire
