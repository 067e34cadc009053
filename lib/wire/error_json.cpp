#include "wire/error_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "wire/json_fields.hpp"

namespace nunu::wire {
namespace {

// Unlike the other decoders this one takes what it can use: a body that is wrong in part still has
// words for people in it.

std::string text_of(const boost::json::object& object, std::string_view key) {
  const boost::json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::vector<std::string> texts_of(const boost::json::object& object, std::string_view key) {
  std::vector<std::string> texts;
  const boost::json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return texts;
  for (const boost::json::value& element : value->get_array()) {
    if (element.is_string()) texts.emplace_back(element.get_string());
  }
  return texts;
}

std::vector<std::string> find_job_ids(const boost::json::object& body) {
  std::vector<std::string> ids = texts_of(body, "job_ids");
  for (const std::string_view key : {"details", "data"}) {
    if (!ids.empty()) break;
    const boost::json::value* nested = body.if_contains(key);
    if (nested != nullptr && nested->is_object()) ids = texts_of(nested->get_object(), "job_ids");
  }
  return ids;
}

}  // namespace

service_error decode_error(std::string_view body) {
  service_error error;
  boost::system::error_code ec;
  const boost::json::value document = boost::json::parse(body, ec, {}, json_options);
  if (ec || !document.is_object()) {
    error.unfamiliar = true;
    return error;
  }
  const boost::json::object& object = document.get_object();
  // The older form has both, and then `message` is the one that was written for people.
  error.message = text_of(object, "message");
  if (error.message.empty()) error.message = text_of(object, "error");
  error.code = text_of(object, "code");
  error.job_ids = find_job_ids(object);
  // The multi-device form of 500 may have no words at all.
  error.unfamiliar = error.message.empty() && !object.contains("job_ids");
  return error;
}

std::string encode_error(const service_error& error) {
  boost::json::object json{{"error", error.message}};
  if (!error.code.empty()) json["code"] = error.code;
  json["details"] = boost::json::object();
  if (!error.job_ids.empty()) {
    json["job_ids"] = boost::json::array(error.job_ids.begin(), error.job_ids.end());
  }
  return boost::json::serialize(json);
}

std::string encode_error_envelope(const service_error& error, int status) {
  boost::json::object json{
      {"ok", false}, {"status", status}, {"message", error.message}, {"error", error.message}};
  if (!error.job_ids.empty()) {
    json["job_ids"] = boost::json::array(error.job_ids.begin(), error.job_ids.end());
  }
  return boost::json::serialize(json);
}

}  // namespace nunu::wire
