#include "simulator/answer_text.hpp"

#include <array>
#include <charconv>

namespace nunu::simulation {
namespace {

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 207:
      return "Multi-Status";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 402:
      return "Payment Required";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Payload Too Large";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Unknown";
  }
}

void append_number(std::string& out, std::int64_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

}  // namespace

void write_answer(const answer& a, std::string_view body, const answer_form& form,
                  std::string& out) {
  out = "HTTP/1.1 ";
  append_number(out, a.status);
  out.append(" ").append(reason_of(a.status));
  out.append("\r\nContent-Type: application/json\r\nContent-Length: ");
  append_number(out, static_cast<std::int64_t>(body.size()));
  if (a.retry_after) {
    out.append("\r\nRetry-After: ");
    append_number(out, a.retry_after->count());
  }
  if (!a.allow.empty()) {
    out.append("\r\nAllow: ").append(a.allow);
  }
  if (!form.keep_alive) {
    out.append("\r\nConnection: close");
  } else if (form.http_1_0) {
    out.append("\r\nConnection: keep-alive");
  }
  out.append("\r\n\r\n");
  if (!form.without_body) {
    out.append(body);
  }
}

}  // namespace nunu::simulation
