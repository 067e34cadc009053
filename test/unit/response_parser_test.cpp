#include "transport/response_parser.hpp"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <string>
#include <string_view>

namespace nunu::transport {
namespace {

namespace http = boost::beast::http;

/// Gives the parser the first `cut` bytes and then, with what it has left of them, the others.
response parse_in_two(std::string_view text, std::size_t cut) {
  response out;
  response_parser parser(out);
  boost::system::error_code ec;
  const std::size_t used = parser.put(boost::asio::buffer(text.substr(0, cut)), ec);
  if (ec == http::error::need_more) ec.clear();
  EXPECT_FALSE(ec) << cut << ": " << ec.message();
  if (!parser.is_done()) parser.put(boost::asio::buffer(text.substr(used)), ec);
  EXPECT_FALSE(ec) << cut << ": " << ec.message();
  EXPECT_TRUE(parser.is_done()) << cut;
  return out;
}

/// Gives it each byte with those that it has no use for yet.
response parse_bytewise(std::string_view text) {
  response out;
  response_parser parser(out);
  std::size_t begin = 0;
  for (std::size_t end = 1; end <= text.size() && !parser.is_done(); ++end) {
    boost::system::error_code ec;
    begin += parser.put(boost::asio::buffer(text.substr(begin, end - begin)), ec);
    if (ec == http::error::need_more) ec.clear();
    EXPECT_FALSE(ec) << end << ": " << ec.message();
  }
  EXPECT_TRUE(parser.is_done());
  return out;
}

// Row 27.
TEST(ResponseParser, AChunkedAnswerIsTheSameInWhateverPiecesItComes) {
  const std::string header = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const struct {
    std::string chunks;
    std::string body;
  } cases[] = {
      {"0\r\n\r\n", ""},
      {"0;last\r\nTrailer: t\r\n\r\n", ""},
      {"2;a=\"b\"\r\n{}\r\n0\r\n\r\n", "{}"},
      {"1\r\n[\r\n1\r\n]\r\n00\r\nTrailer: t\r\n\r\n", "[]"},
  };
  for (const auto& [chunks, body] : cases) {
    const std::string text = header + chunks;
    for (std::size_t cut = 1; cut <= text.size(); ++cut)
      EXPECT_EQ(parse_in_two(text, cut).body, body) << chunks << " cut at " << cut;
    EXPECT_EQ(parse_bytewise(text).body, body) << chunks;
  }
}

}  // namespace
}  // namespace nunu::transport
