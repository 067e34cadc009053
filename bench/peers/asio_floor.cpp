// asio_floor: the least that asking for jobs costs with Asio. One coroutine for each connection
// writes a request that is made beforehand, and reads until the answer's end. Nothing is decoded,
// nothing is timed, nothing can be cancelled.
#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/measurement.hpp"
#include "bench/peers/server_address.hpp"

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// Everywhere the executor's own type, since erasing it costs.
using executor = asio::io_context::executor_type;
using task = asio::awaitable<void, executor>;
using tcp_socket = asio::basic_stream_socket<tcp, executor>;
constexpr asio::use_awaitable_t<executor> use_task;

/// What the coroutines share.
struct work {
  bench::server_address server;
  std::vector<tcp::endpoint> endpoints;
  std::vector<std::string> ids;
  std::size_t next = 0;
  std::uint64_t answers_200 = 0;
};

/// The size of the whole answer whose beginning this is; 0: its header is not whole yet.
std::size_t size_of_answer(std::string_view begin) {
  const auto end_of_header = begin.find("\r\n\r\n");
  if (end_of_header == std::string_view::npos) return 0;
  constexpr std::string_view name = "\r\nContent-Length: ";
  const auto at = begin.substr(0, end_of_header).find(name);
  if (at == std::string_view::npos) throw std::runtime_error("an answer without Content-Length");
  std::size_t length = 0;
  std::from_chars(begin.data() + at + name.size(), begin.data() + end_of_header, length);
  return end_of_header + 4 + length;
}

template <class Stream>
task ask(Stream& stream, work& all) {
  std::string request = "GET " + all.server.path + "/jobs/";
  const std::size_t id_at = request.size();
  request += bench::job_id(0) + " HTTP/1.1\r\nHost: " + all.server.authority +
             "\r\nX-Api-Key: " + bench::api_key() + "\r\n\r\n";
  std::array<char, 16 * 1024> answer;
  while (all.next < all.ids.size()) {
    const std::string& id = all.ids[all.next++];
    std::copy(id.begin(), id.end(), request.begin() + static_cast<std::ptrdiff_t>(id_at));
    co_await asio::async_write(stream, asio::buffer(request), use_task);
    std::size_t have = 0;
    std::size_t whole = 0;
    while (whole == 0 || have < whole) {
      if (have == answer.size()) throw std::runtime_error("an answer of more than 16 KiB");
      have += co_await stream.async_read_some(asio::buffer(answer) + have, use_task);
      if (whole == 0) whole = size_of_answer({answer.data(), have});
    }
    if (std::string_view(answer.data(), have).starts_with("HTTP/1.1 200 ")) ++all.answers_200;
  }
}

task ask_over_http(executor ex, work& all) {
  tcp_socket socket(ex);
  co_await asio::async_connect(socket, all.endpoints, use_task);
  socket.set_option(tcp::no_delay(true));
  co_await ask(socket, all);
}

task ask_over_https(executor ex, asio::ssl::context& tls, work& all) {
  asio::ssl::stream<tcp_socket> stream(ex, tls);
  co_await asio::async_connect(stream.next_layer(), all.endpoints, use_task);
  stream.next_layer().set_option(tcp::no_delay(true));
  SSL_set_tlsext_host_name(stream.native_handle(), all.server.host.c_str());
  stream.set_verify_callback(asio::ssl::host_name_verification(all.server.host));
  co_await stream.async_handshake(asio::ssl::stream_base::client, use_task);
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
  for (const auto& found : resolver.resolve(all.server.host, all.server.port))
    all.endpoints.push_back(found.endpoint());
  all.ids = bench::job_ids(o.requests);

  const bench::stopwatch watch;
  const auto rethrow = [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  };
  const executor ex = context.get_executor();
  for (std::size_t i = 0; i < o.connections; ++i)
    asio::co_spawn(ex, all.server.tls ? ask_over_https(ex, tls, all) : ask_over_http(ex, all),
                   rethrow);
  context.run();
  const double cpu = watch.cpu_seconds();
  const double seconds = watch.seconds();

  bench::require_all(all.answers_200, o.requests);
  return {"asio_floor", o.requests, o.requests, seconds, cpu};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Asks for jobs with bare Asio.", "asio_floor");
  bench::options o;
  bench::add_options(app, o);
  return bench::run(app, argc, argv, [&] { return measure(o); });
}
