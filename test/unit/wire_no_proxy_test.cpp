#include "wire/no_proxy.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nunu::wire {
namespace {

struct row {
  const char* no_proxy;
  endpoint to;
  bool goes_past;
};

endpoint name(std::string host, std::string port = "443") {
  return {std::move(host), false, std::move(port)};
}

endpoint address(std::string host, std::string port = "443") {
  return {std::move(host), true, std::move(port)};
}

template <std::size_t N>
void check(const row (&rows)[N]) {
  for (const row& r : rows)
    EXPECT_EQ(goes_past_proxy(r.to, r.no_proxy), r.goes_past)
        << r.to.host << ":" << r.to.port << " and \"" << r.no_proxy << '"';
}

TEST(NoProxy, IsAListWithCommasOrBlanks) {
  const row rows[] = {
      {"", name("nunu.ai"), false},
      {" , ,", name("nunu.ai"), false},
      {"a.test,nunu.ai,b.test", name("nunu.ai"), true},
      {"a.test, nunu.ai", name("nunu.ai"), true},
      {"a.test nunu.ai", name("nunu.ai"), true},
      {"a.test\tnunu.ai", name("nunu.ai"), true},
      {"a.test,b.test", name("nunu.ai"), false},
      {"a.test;nunu.ai", name("nunu.ai"), false},
  };
  check(rows);
}

TEST(NoProxy, AStarIsEverything) {
  const row rows[] = {
      {"*", name("nunu.ai"), true},           {"*", address("192.0.2.1"), true},
      {"*", address("2001:db8::1"), true},    {"a.test, *", name("nunu.ai"), true},
      {"*.ai", name("nunu.ai"), true},        {"n*", name("nunu.ai"), false},
      {"nunu.*", name("nunu.ai"), false},     {"**", name("nunu.ai"), false},
      {"192.*", address("192.0.2.1"), false},
  };
  check(rows);
}

TEST(NoProxy, ANameStandsForItselfAndTheNamesBelowIt) {
  const row rows[] = {
      {"nunu.ai", name("nunu.ai"), true},
      {"NUNU.AI", name("nunu.ai"), true},
      {"nunu.ai.", name("nunu.ai"), true},
      {"nunu.ai", name("nunu.ai."), true},
      {"nunu.ai", name("api.nunu.ai"), true},
      {"nunu.ai", name("a.b.nunu.ai"), true},
      {".nunu.ai", name("api.nunu.ai"), true},
      {".nunu.ai", name("nunu.ai"), true},
      {"*.nunu.ai", name("api.nunu.ai"), true},
      {"*.nunu.ai", name("nunu.ai"), true},
      {"ai", name("nunu.ai"), true},
      {"nunu.ai", name("evilnunu.ai"), false},
      {".nunu.ai", name("evilnunu.ai"), false},
      {"nunu.ai", name("nunu.ai.evil.test"), false},
      {"api.nunu.ai", name("nunu.ai"), false},
      {"unu.ai", name("nunu.ai"), false},
      {".", name("nunu.ai"), false},
      {"*.", name("nunu.ai"), false},
      {"..nunu.ai", name("nunu.ai"), false},
      {"http://nunu.ai", name("nunu.ai"), false},
      {"localhost", name("localhost"), true},
      {"127.1", name("127.1"), true},
  };
  check(rows);
}

TEST(NoProxy, AnAddressStandsForItself) {
  const row rows[] = {
      {"192.0.2.1", address("192.0.2.1"), true},
      {"192.0.2.1", address("192.0.2.10"), false},
      {"0.2.1", address("192.0.2.1"), false},
      {"192.0.2.1", name("192.0.2.1.test"), false},
      // Nothing is resolved, so this is no loopback address.
      {"127.0.0.1", name("localhost"), false},
      {"localhost", address("127.0.0.1"), false},
      {"2001:db8::1", address("2001:db8::1"), true},
      {"2001:DB8:0:0:0:0:0:1", address("2001:db8::1"), true},
      {"[2001:db8::1]", address("2001:db8::1"), true},
      {"2001:db8::1", address("2001:db8::2"), false},
      {"[2001:db8::1", address("2001:db8::1"), false},
      {"[2001:db8::1]x", address("2001:db8::1"), false},
      {"192.0.2.1.", address("192.0.2.1"), false},
      {"192.0.2.256", address("192.0.2.1"), false},
  };
  check(rows);
}

TEST(NoProxy, AnAddressWithALengthStandsForARange) {
  const row rows[] = {
      {"127.0.0.0/8", address("127.255.0.1"), true},
      {"127.0.0.0/8", address("126.255.255.255"), false},
      {"127.0.0.0/8", address("128.0.0.0"), false},
      {"10.1.2.3/8", address("10.200.0.1"), true},
      {"192.0.2.128/25", address("192.0.2.128"), true},
      {"192.0.2.128/25", address("192.0.2.255"), true},
      {"192.0.2.128/25", address("192.0.2.127"), false},
      {"192.0.2.4/31", address("192.0.2.5"), true},
      {"192.0.2.4/31", address("192.0.2.6"), false},
      {"192.0.2.4/32", address("192.0.2.4"), true},
      {"192.0.2.4/32", address("192.0.2.5"), false},
      {"0.0.0.0/0", address("192.0.2.1"), true},
      {"0.0.0.0/0", address("2001:db8::1"), false},
      {"::/0", address("2001:db8::1"), true},
      {"::/0", address("192.0.2.1"), false},
      {"2001:db8::/33", address("2001:db8:7fff::1"), true},
      {"2001:db8::/33", address("2001:db8:8000::1"), false},
      {"fd00::/8", address("fdff::1"), true},
      {"127.0.0.0/33", address("127.0.0.1"), false},
      {"::/129", address("::1"), false},
      {"127.0.0.0/", address("127.0.0.1"), false},
      {"127.0.0.0/-1", address("127.0.0.1"), false},
      {"127.0.0.0/8x", address("127.0.0.1"), false},
      {"127.0.0.0/255.0.0.0", address("127.0.0.1"), false},
      {"127.0.0.0/99999999999999999999", address("127.0.0.1"), false},
      {"/8", address("127.0.0.1"), false},
      {"127.0.0.0/8", name("localhost"), false},
  };
  check(rows);
}

TEST(NoProxy, APortNarrowsIt) {
  const row rows[] = {
      {"nunu.ai:443", name("nunu.ai"), true},
      {"nunu.ai:8443", name("nunu.ai"), false},
      {"nunu.ai:8443", name("api.nunu.ai", "8443"), true},
      {"nunu.ai:", name("nunu.ai"), true},
      {"nunu.ai", name("nunu.ai", "8443"), true},
      {":443", name("nunu.ai"), false},
      {"192.0.2.1:443", address("192.0.2.1"), true},
      {"192.0.2.1:444", address("192.0.2.1"), false},
      {"[::1]:443", address("::1"), true},
      {"[::1]:444", address("::1"), false},
      {"[::1]:", address("::1"), true},
      // Without brackets it is a longer address.
      {"::1:443", address("::1"), false},
  };
  check(rows);
}

}  // namespace
}  // namespace nunu::wire
