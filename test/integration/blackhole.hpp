// An address that neither accepts connections nor refuses them.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace nunu::test {

namespace asio = boost::asio;

/// Listens, but its backlog is full: Linux then drops what asks for a connection.
class blackhole {
 public:
  explicit blackhole(asio::io_context& context) : listener_(context), fills_(context) {
    listener_.open(asio::ip::tcp::v4());
    listener_.bind({asio::ip::address_v4::loopback(), 0});
    // One connection waits to be accepted even in a backlog of none.
    listener_.listen(0);
    fills_.connect(endpoint());
  }

  asio::ip::tcp::endpoint endpoint() const { return listener_.local_endpoint(); }

 private:
  asio::ip::tcp::acceptor listener_;
  asio::ip::tcp::socket fills_;
};

}  // namespace nunu::test
