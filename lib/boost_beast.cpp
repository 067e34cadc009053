// Beast, compiled once; alone for the same reason as Asio.

// Boost 1.81's parser asserts that five bytes have come where a peer may have sent four: with the
// assertion, a body that is an empty chunk in small pieces would end the process. What the parser
// does then is right without it.
#define BOOST_DISABLE_ASSERTS

#include <boost/beast/src.hpp>
