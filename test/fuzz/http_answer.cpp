/// \file
/// The way of an HTTP answer: the same in whatever pieces it comes.
///
/// Input: one byte that says where to cut, then what the server sends until it closes.

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "pieces.hpp"
#include "property.hpp"
#include "transport/response_parser.hpp"

namespace nunu::fuzz {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using transport::response;
using transport::response_parser;

/// Far below the real one, so that small inputs reach it.
constexpr std::uint64_t kBodyLimit = 512;

struct answer {
  transport::response response;
  bool keep_alive = false;
  /// What came after the answer.
  std::string left;
};

/// Reads one answer, informational ones before it, as a connection does: what the parser has no use
/// for yet is given to it again with what follows. None: it is no whole answer.
std::optional<answer> read_answer(const pieces& arriving) {
  answer read;
  std::string buffered;
  auto next = arriving.begin();
  for (;;) {
    response_parser parser(read.response);
    parser.body_limit(kBodyLimit);
    while (!parser.is_done()) {
      error_code ec;
      if (!buffered.empty()) {
        const std::size_t used = parser.put(boost::asio::buffer(buffered), ec);
        require(used <= buffered.size(), "no more is used than there is");
        buffered.erase(0, used);
        if (ec == http::error::need_more) ec.clear();
        if (parser.is_done() && !ec) break;
      }
      if (!ec && next == arriving.end()) {
        if (!parser.got_some()) return std::nullopt;
        parser.put_eof(ec);
      } else if (!ec) {
        buffered += *next++;
      }
      if (ec) return std::nullopt;
    }
    if (read.response.status < 200) continue;
    read.keep_alive = parser.keep_alive();
    read.left = buffered;
    while (next != arriving.end()) read.left += *next++;
    return read;
  }
}

void require_same(const std::optional<answer>& whole, const std::optional<answer>& pieced) {
  require(whole.has_value() == pieced.has_value(),
          "an answer is whole in whatever pieces it comes");
  if (!whole) return;
  const response& a = whole->response;
  const response& b = pieced->response;
  require(a.status == b.status, "its status is the same in pieces");
  require(a.body == b.body, "its body is the same in pieces", a.body + "\nand\n" + b.body);
  require(a.retry_after == b.retry_after, "Retry-After is the same in pieces");
  require(a.keep_alive_timeout == b.keep_alive_timeout, "Keep-Alive is the same in pieces");
  require(whole->keep_alive == pieced->keep_alive, "pieces do not change what may be kept");
  require(whole->left == pieced->left, "what is left over is the same in pieces");
}

void require_plausible(const response& out) {
  require(out.status >= 200 && out.status <= 999, "a final answer has a status");
  require(out.body.size() <= kBodyLimit, "the limit on bodies holds");
  require(out.retry_after.find_first_of("\r\n") == std::string::npos, "a header is one line");
  require(!out.keep_alive_timeout || out.keep_alive_timeout->count() >= 0,
          "no server keeps connections for less than no time");
}

/// The same answer in the plainest form, with another one behind it.
std::string plain_form(const response& out) {
  std::string text = "HTTP/1.1 " + std::to_string(out.status) + " OK\r\n";
  if (!out.retry_after.empty()) text += "Retry-After: " + out.retry_after + "\r\n";
  if (out.status != 204 && out.status != 304)
    text += "Content-Length: " + std::to_string(out.body.size()) + "\r\n";
  return text + "\r\n" + out.body + "HTTP/1.1 500 Next\r\n\r\n";
}

void require_read_as_rewritten(const response& out) {
  const std::string text = plain_form(out);
  const auto again = read_answer({text});
  require(again.has_value(), "an answer that was read can be written plainly", text);
  require(again->response.status == out.status, "and has the same status then", text);
  require(again->response.body == out.body, "the same body", text);
  require(again->response.retry_after == out.retry_after, "the same Retry-After", text);
  require(again->left == "HTTP/1.1 500 Next\r\n\r\n", "and takes nothing of what follows", text);
}

void check(std::string_view input) {
  if (input.empty()) return;
  const auto seed = static_cast<std::uint8_t>(input.front());
  const std::string_view sent = input.substr(1);
  const auto whole = read_answer({sent});
  require_same(whole, read_answer(single_bytes(sent)));
  require_same(whole, read_answer(cut_at_random(sent, seed)));
  if (!whole) return;
  require_plausible(whole->response);
  require_read_as_rewritten(whole->response);
}

}  // namespace
}  // namespace nunu::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  nunu::fuzz::check(nunu::fuzz::text_of(bytes, size));
  return 0;
}
