#include "transport/request_writer.hpp"

namespace nunu::transport {

request_writer::request_writer(const wire::origin& to, const api_key& key) {
  headers_.append(" HTTP/1.1\r\nHost: ").append(to.authority);
  headers_.append("\r\nX-Api-Key: ").append(key.reveal());
  headers_.append("\r\nAccept: application/json\r\nUser-Agent: nunu-cpp/" NUNU_VERSION "\r\n");
}

void request_writer::get(std::string_view target, std::string& out) const {
  out.assign("GET ").append(target).append(headers_).append("\r\n");
}

void request_writer::post(std::string_view target, std::string_view json, std::string& out) const {
  out.assign("POST ").append(target).append(headers_);
  out.append("Content-Type: application/json\r\nContent-Length: ");
  out.append(std::to_string(json.size())).append("\r\n\r\n").append(json);
}

}  // namespace nunu::transport
