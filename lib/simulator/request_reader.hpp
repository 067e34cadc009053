/// \file
/// Reading HTTP requests: only what the API looks at is kept, in memory that is used again.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/api.hpp"
#include "simulator/rejection.hpp"

namespace nunu::simulation {

/// Where reading a request stands.
enum class read_progress {
  needs_more,
  complete,
  /// `request_reader::why_refused` says why; nothing more can be read from the connection.
  refused,
};

class request_reader {
 public:
  request_reader();

  /// Begins the next request.
  void restart();

  /// Takes from `buffer` what belongs to the request.
  read_progress feed(boost::beast::flat_buffer& buffer);

  /// Valid until `restart`, once complete.
  request get() const;
  bool is_head() const { return texts_.method == "HEAD"; }
  bool is_http_1_0() const { return parser_->version == 10; }
  bool keep_alive() const { return parser_->keep_alive(); }

  /// Whether target and length of the request are known.
  bool header_done() const { return parser_->is_header_done(); }
  std::string_view target() const { return texts_.target; }
  /// How many of its bytes were taken from the buffer.
  std::size_t taken() const { return taken_; }
  /// How many it has, once `header_done`; of a chunked one, how many were taken.
  std::uint64_t size() const;

  rejection why_refused() const;

  /// How much of a request line with its header is accepted: room for a hundred tags in a query.
  static constexpr std::uint32_t max_header = 32 * 1024;
  /// For a connection's buffer. Beast has no limit on chunk extensions and trailers but this.
  static constexpr std::size_t max_buffer = 64 * 1024;

 private:
  struct request_texts {
    std::string method;
    std::string target;
    std::string api_key;
    std::string body;
  };

  class parser final : public boost::beast::http::basic_parser<true> {
   public:
    explicit parser(request_texts& texts) : texts_(texts) {}

    int version = 11;

   private:
    using string_view = boost::beast::string_view;
    using error_code = boost::beast::error_code;

    void on_request_impl(boost::beast::http::verb verb, string_view method_text,
                         string_view target_text, int http_version, error_code& ec) override;
    void on_response_impl(int status, string_view reason, int http_version,
                          error_code& ec) override;
    void on_field_impl(boost::beast::http::field name, string_view name_text, string_view value,
                       error_code& ec) override;
    void on_header_impl(error_code& ec) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& content_length,
                           error_code& ec) override;
    std::size_t on_body_impl(string_view part, error_code& ec) override;
    void on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& ec) override;
    std::size_t on_chunk_body_impl(std::uint64_t remain, string_view part, error_code& ec) override;
    void on_finish_impl(error_code& ec) override;

    request_texts& texts_;
    bool header_done_ = false;
  };

  request_texts texts_;
  // Beast's parsers are for one message, hence the texts beside it: they keep their memory.
  std::optional<parser> parser_;
  boost::beast::error_code error_;
  std::size_t taken_ = 0;
};

}  // namespace nunu::simulation
