#include "simulator/request_reader.hpp"

#include <boost/beast/http/error.hpp>

namespace nunu::simulation {

namespace http = boost::beast::http;

request_reader::request_reader() {
  restart();
}

void request_reader::restart() {
  texts_.api_key.clear();
  texts_.body.clear();
  parser_.emplace(texts_);
  parser_->eager(true);
  parser_->header_limit(max_header);
  parser_->body_limit(max_request_body);
  error_ = {};
  taken_ = 0;
}

read_progress request_reader::feed(boost::beast::flat_buffer& buffer) {
  while (buffer.size() > 0) {
    const std::size_t used = parser_->put(buffer.data(), error_);
    buffer.consume(used);
    taken_ += used;
    if (error_ == http::error::need_more) {
      error_ = {};
      if (buffer.size() == buffer.max_size()) {
        error_ = http::error::buffer_overflow;
        return read_progress::refused;
      }
      return read_progress::needs_more;
    }
    if (error_) {
      return read_progress::refused;
    }
    if (parser_->is_done()) {
      return read_progress::complete;
    }
  }
  return read_progress::needs_more;
}

std::uint64_t request_reader::size() const {
  const auto length = parser_->content_length();
  return length ? taken_ - texts_.body.size() + *length : taken_;
}

request request_reader::get() const {
  return {texts_.method, texts_.target, texts_.api_key, texts_.body};
}

rejection request_reader::why_refused() const {
  if (error_ == http::error::body_limit) {
    return {413, "PAYLOAD_TOO_LARGE", "the request body is larger than 1 MiB", {}};
  }
  if (error_ == http::error::header_limit) {
    return {431, "HEADER_TOO_LARGE", "the request header is larger than 32 KiB", {}};
  }
  if (error_ == http::error::buffer_overflow) {
    return {400, "BAD_REQUEST", "a line between the chunks of the body is too long", {}};
  }
  return {400, "BAD_REQUEST", "this is not an HTTP request: " + error_.message(), {}};
}

void request_reader::parser::on_request_impl(http::verb, string_view method_text,
                                             string_view target_text, int http_version,
                                             error_code&) {
  texts_.method.assign(method_text.data(), method_text.size());
  texts_.target.assign(target_text.data(), target_text.size());
  version = http_version;
}

void request_reader::parser::on_response_impl(int, string_view, int, error_code&) {}

void request_reader::parser::on_field_impl(http::field name, string_view name_text,
                                           string_view value, error_code&) {
  // Trailers come this way too, and a key has no business there.
  const bool may_be_key = !header_done_ && name == http::field::unknown;
  if (may_be_key && boost::beast::iequals(name_text, "X-Api-Key")) {
    texts_.api_key.assign(value.data(), value.size());
  }
}

void request_reader::parser::on_header_impl(error_code&) {
  header_done_ = true;
}

void request_reader::parser::on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) {
}

std::size_t request_reader::parser::on_body_impl(string_view part, error_code&) {
  texts_.body.append(part.data(), part.size());
  return part.size();
}

void request_reader::parser::on_chunk_header_impl(std::uint64_t, string_view, error_code&) {}

std::size_t request_reader::parser::on_chunk_body_impl(std::uint64_t, string_view part,
                                                       error_code&) {
  texts_.body.append(part.data(), part.size());
  return part.size();
}

void request_reader::parser::on_finish_impl(error_code&) {}

}  // namespace nunu::simulation
