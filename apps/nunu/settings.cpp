#include "settings.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/system/errc.hpp>
#include <string_view>
#include <utility>

#include <nunu/client.hpp>
#include <nunu/error.hpp>
#include "located_json.hpp"
#include "usage_error.hpp"

namespace cli {
namespace {

namespace json = boost::json;

constexpr std::string_view kTokenKey = "api_token";
constexpr std::string_view kProjectKey = "project_id";
constexpr std::string_view kUrlKey = "api_url";

/// A value and where it comes from.
struct found_value {
  std::string text;
  std::string origin;

  bool empty() const noexcept { return origin.empty(); }
};

struct found_values {
  found_value token;
  found_value project;
  found_value url;

  bool complete() const noexcept { return !token.empty() && !project.empty() && !url.empty(); }
};

void fill(found_value& value, std::string text, std::string origin) {
  if (value.empty() && !text.empty()) value = {std::move(text), std::move(origin)};
}

/// Files end with a line feed, and a token has no white space.
std::string trimmed(std::string_view text) {
  constexpr std::string_view white = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(white);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(white) - begin + 1));
}

void take_flags(const setting_flags& flags, inputs& in, found_values& values) {
  if (flags.token_file) {
    fill(values.token, trimmed(in.read("--token-file", *flags.token_file)), "--token-file");
    if (values.token.empty())
      throw usage_error(
          fmt::format("--token-file: {} is empty, must contain the API token",
                      *flags.token_file == "-" ? "standard input" : *flags.token_file));
  }
  fill(values.project, flags.project.value_or(""), "--project");
  fill(values.url, flags.api_url.value_or(""), "--api-url");
}

void take_environment(const sources& from, found_values& values) {
  const nunu::client_config& environment = from.environment;
  fill(values.token, std::string(environment.api_key.reveal()), "NUNU_API_TOKEN");
  fill(values.project, environment.project_id, "NUNU_PROJECT_ID");
  // The configuration has a URL also where the environment says none.
  if (!from.variable("NUNU_API_URL").value_or("").empty())
    fill(values.url, environment.base_url, "NUNU_API_URL");
}

void take_member(const std::string& path, const located_json& root, std::string_view key,
                 found_value& value) {
  const located_json* const member = root.find(key);
  if (member == nullptr || member->is_null()) return;
  const std::string origin = fmt::format("{}:{}", path, member->line);
  const json::string* const text = member->scalar.if_string();
  if (text == nullptr)
    throw content_error(
        fmt::format("{}: {} is {}, must be a text", origin, key, kind_name(*member)));
  fill(value, std::string(text->data(), text->size()), origin);
}

bool is_missing(const boost::system::error_code& ec) {
  return ec == boost::system::errc::no_such_file_or_directory ||
         ec == boost::system::errc::not_a_directory;
}

void take_file(const sources& from, const std::string& path, found_values& values) {
  const auto text = from.read_file(path);
  if (!text && is_missing(text.error())) return;
  if (!text)
    throw content_error(fmt::format("{}: cannot be read: {}", path, text.error().message()));
  const auto root = parse_json(*text);
  if (!root) throw content_error(fmt::format("{}:{}", path, root.error()));
  if (!root->is_object())
    throw content_error(fmt::format(
        R"({}:{}: the file is {}, must be an object such as {{"api_token": "...", "project_id": "..."}})",
        path, root->line, kind_name(*root)));
  take_member(path, *root, kTokenKey, values.token);
  take_member(path, *root, kProjectKey, values.project);
  take_member(path, *root, kUrlKey, values.url);
}

/// What the client says of its configuration, in the user's terms.
std::string in_users_terms(const settings& found, std::string_view problem) {
  const std::array<std::pair<std::string_view, std::string>, 5> fields{{
      {"base_url", found.api_url_origin},
      {"api_key", found.token_origin},
      {"project_id", found.project_origin},
      {"tls.ca_pem", found.ca_origin},
      {"proxy", "https_proxy"},
  }};
  constexpr std::string_view plain = "is plain http, to a host that is not loopback";
  for (const auto& [field, origin] : fields) {
    if (!problem.starts_with(field)) continue;
    std::string text = fmt::format("{}: {}", origin, problem);
    if (text.ends_with(plain)) text += "; must be https, unless --allow-plain-http is given";
    if (field == "base_url") text.replace(text.find(field, origin.size()), field.size(), "the URL");
    return text;
  }
  return std::string(problem);
}

}  // namespace

std::vector<std::string> settings_paths(const sources& from) {
  std::vector<std::string> paths{"nunu.json", ".nunu/config.json"};
  const std::string xdg = from.variable("XDG_CONFIG_HOME").value_or("");
  const std::string home = from.variable("HOME").value_or("");
  // What is not an absolute path is to be ignored, the XDG Base Directory Specification says.
  if (xdg.starts_with('/'))
    paths.push_back(xdg + "/nunu/config.json");
  else if (!home.empty())
    paths.push_back(home + "/.config/nunu/config.json");
  return paths;
}

settings resolve_settings(const setting_flags& flags, inputs& in) {
  const sources& from = in.from();
  found_values values;
  take_flags(flags, in, values);
  take_environment(from, values);
  settings found;
  found.token_places = {"--token-file", "NUNU_API_TOKEN"};
  for (const std::string& path : settings_paths(from)) {
    found.token_places.push_back(path);
    if (!values.complete()) take_file(from, path, values);
  }

  found.config = from.environment;
  found.config.api_key = nunu::api_key(std::move(values.token.text));
  found.config.project_id = std::move(values.project.text);
  found.config.base_url =
      values.url.empty() ? nunu::client_config().base_url : std::move(values.url.text);
  found.config.allow_plain_http = flags.allow_plain_http;
  if (flags.ca_file) {
    found.config.tls.ca_pem = in.read("--ca", *flags.ca_file);
    found.ca_origin = "--ca";
    if (found.config.tls.ca_pem.find("-----BEGIN ") == std::string::npos)
      throw usage_error(fmt::format("--ca: {} is not a certificate in PEM", *flags.ca_file));
  }
  found.token_origin = std::move(values.token.origin);
  found.project_origin = std::move(values.project.origin);
  found.api_url_origin = std::move(values.url.origin);
  return found;
}

void check_settings(const settings& found) {
  if (found.config.api_key.empty())
    throw content_error(std::vector<std::string>{
        fmt::format("there is no API token. It was looked for in {}.",
                    fmt::join(found.token_places, ", ")),
        R"(Set NUNU_API_TOKEN, or write {"api_token": "..."} to one of these files.)"});
  // The client itself knows best what it takes.
  try {
    boost::asio::io_context context;
    const nunu::client client(context.get_executor(), found.config);
  } catch (const nunu::error& e) {
    throw content_error(in_users_terms(found, e.get_diagnostics().message));
  }
}

}  // namespace cli
