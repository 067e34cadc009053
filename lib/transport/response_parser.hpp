/// \file
/// An HTTP answer, reduced to what the API needs: no header is stored that nobody reads.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace nunu::transport {

/// Informational answers (1xx) that may come before the final one, and the one of them that never
/// may, since nobody has asked to speak another protocol.
inline constexpr int kMostInformational = 5;
inline constexpr int kSwitchingProtocols = 101;

/// Filled anew by each exchange; its texts keep their memory.
struct response {
  int status = 0;
  std::string body;
  std::string retry_after;
  /// From `Keep-Alive: timeout=N`.
  std::optional<std::chrono::seconds> keep_alive_timeout;

  void clear() noexcept;
};

class response_parser final : public boost::beast::http::basic_parser<false> {
 public:
  /// Headers beyond this size are an error.
  static constexpr std::uint32_t kHeaderLimit = 16 * 1024;
  /// Bodies beyond this size are an error; a page of 100 jobs has about 80 KB.
  static constexpr std::uint64_t kBodyLimit = 16 * 1024 * 1024;

  explicit response_parser(response& out);

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, string_view, string_view, int,
                       error_code&) override {}
  void on_response_impl(int code, string_view, int, error_code&) override;
  void on_field_impl(boost::beast::http::field name, string_view, string_view value,
                     error_code&) override;
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override;
  std::size_t on_body_impl(string_view body, error_code&) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override;
  void on_finish_impl(error_code&) override {}

  response& out_;
};

}  // namespace nunu::transport
