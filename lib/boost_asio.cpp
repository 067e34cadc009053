// Asio, compiled once; it takes longer than all code that uses it. Alone in its file, so that a
// program which compiles Asio separately too links its own and not both.
#include <boost/asio/impl/src.hpp>
