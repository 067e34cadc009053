// Beast, compiled once; alone for the same reason as Asio.
#include <boost/beast/src.hpp>
