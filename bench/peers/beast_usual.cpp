// beast_usual: asks for jobs with Beast and Boost.JSON in the way that their examples show: a
// request object for each call, a timeout for each operation, a response whose body is a string,
// and a DOM.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "bench/measurement.hpp"
#include "bench/peers/server_address.hpp"

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;
using asio::ip::tcp;

namespace {

constexpr std::chrono::seconds timeout(30);

/// What the coroutines share.
struct work {
  bench::server_address server;
  tcp::resolver::results_type endpoints;
  std::vector<std::string> ids;
  std::size_t next = 0;
  std::uint64_t completed_jobs = 0;
};

template <class Stream>
asio::awaitable<json::value> get_job(Stream& stream, beast::flat_buffer& buffer, const work& all,
                                     const std::string& id) {
  http::request<http::empty_body> request(http::verb::get, all.server.path + "/jobs/" + id, 11);
  request.set(http::field::host, all.server.authority);
  request.set("X-Api-Key", bench::api_key());

  beast::get_lowest_layer(stream).expires_after(timeout);
  co_await http::async_write(stream, request, asio::use_awaitable);

  http::response<http::string_body> response;
  beast::get_lowest_layer(stream).expires_after(timeout);
  co_await http::async_read(stream, buffer, response, asio::use_awaitable);
  if (response.result() != http::status::ok) co_return nullptr;
  co_return json::parse(response.body());
}

template <class Stream>
asio::awaitable<void> ask(Stream& stream, work& all) {
  beast::flat_buffer buffer;
  while (all.next < all.ids.size()) {
    const std::string& id = all.ids[all.next++];
    const json::value job = co_await get_job(stream, buffer, all, id);
    if (job.is_object() && job.at("job_id").as_string() == id &&
        job.at("status").as_string() == "COMPLETED")
      ++all.completed_jobs;
  }
}

asio::awaitable<void> ask_over_http(work& all) {
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  stream.expires_after(timeout);
  co_await stream.async_connect(all.endpoints, asio::use_awaitable);
  stream.socket().set_option(tcp::no_delay(true));
  co_await ask(stream, all);
}

asio::awaitable<void> ask_over_https(asio::ssl::context& tls, work& all) {
  beast::ssl_stream<beast::tcp_stream> stream(co_await asio::this_coro::executor, tls);
  beast::tcp_stream& lowest = beast::get_lowest_layer(stream);
  lowest.expires_after(timeout);
  co_await lowest.async_connect(all.endpoints, asio::use_awaitable);
  lowest.socket().set_option(tcp::no_delay(true));
  SSL_set_tlsext_host_name(stream.native_handle(), all.server.host.c_str());
  stream.set_verify_callback(asio::ssl::host_name_verification(all.server.host));
  lowest.expires_after(timeout);
  co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  co_await ask(stream, all);
}

bench::measurement measure(const bench::options& o) {
  asio::io_context context(1);
  asio::ssl::context tls(asio::ssl::context::tls_client);
  tls.set_verify_mode(asio::ssl::verify_peer);
  if (o.ca_file.empty())
    tls.set_default_verify_paths();
  else
    tls.load_verify_file(o.ca_file);

  work all;
  all.server = bench::parse_server_address(o.url);
  tcp::resolver resolver(context);
  all.endpoints = resolver.resolve(all.server.host, all.server.port);
  all.ids = bench::job_ids(o.requests);

  const bench::stopwatch watch;
  const auto rethrow = [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  };
  for (std::size_t i = 0; i < o.connections; ++i)
    asio::co_spawn(context, all.server.tls ? ask_over_https(tls, all) : ask_over_http(all),
                   rethrow);
  context.run();
  const double cpu = watch.cpu_seconds();
  const double seconds = watch.seconds();

  bench::require_all(all.completed_jobs, o.requests);
  return {"beast_usual", o.requests, o.requests, seconds, cpu};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Asks for jobs with Beast, written the usual way.", "beast_usual");
  bench::options o;
  bench::add_options(app, o);
  return bench::run(app, argc, argv, [&] { return measure(o); });
}
