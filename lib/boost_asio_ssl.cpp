// The TLS part of Asio, compiled once; alone for the same reason as Asio.
#include <boost/asio/ssl/impl/src.hpp>
