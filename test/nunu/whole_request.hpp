/// \file
/// A start that says all it can, for tests: each way to ask for one has to give the same.
#pragma once

#include <boost/json/parse.hpp>

#include <nunu/run.hpp>

namespace cli {

/// Of a test, with every field that goes with one.
inline nunu::run_request whole_request() {
  nunu::run_request request;
  request.multiplayer_test_id = "test";
  request.deployment_config_id = "deployment";
  request.build_id = "build";
  request.agent_config_id = "agent";
  request.additional_tags = {"a", "b"};
  request.retries = 10;
  request.instances = 10;
  request.player_deployment_configs = {{1, {"one", ""}}, {2, {"two", "b2"}}};
  request.run_on_all_configured_devices = true;
  request.render_templates = false;
  request.template_data = {{"k", "v=w"}, {"e", ""}};
  request.options = {{"n", 1}, {"t", "text"}};
  request.options["o"] = boost::json::parse(R"({"a": [1, "x", null, 2.5, true]})");
  return request;
}

}  // namespace cli
