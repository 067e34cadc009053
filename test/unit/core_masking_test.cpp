#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#include "core/masking.hpp"

namespace nunu::core {
namespace {

constexpr std::size_t kAll = static_cast<std::size_t>(-1);

/// It has every character that one form or another escapes, and those that escape.
constexpr std::string_view kSecret = R"(nunu_1 2+3/4=5&6<7>8"9'a%25\u0062;c)";

using escaping = std::string (*)(char);

std::string escaped(std::string_view text, escaping how) {
  std::string out;
  for (const char c : text) out += how(c);
  return out;
}

std::string formatted(const char* format, char c) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), format, static_cast<unsigned>(c));
  return text.data();
}

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

TEST(Masking, FindsTheSecretInEveryForm) {
  const struct {
    const char* name;
    escaping how;
  } forms[] = {
      {"as it is", [](char c) { return std::string(1, c); }},
      {"percent, where needed",
       [](char c) { return is_letter_or_digit(c) ? std::string(1, c) : formatted("%%%02X", c); }},
      {"percent, in lower case",
       [](char c) { return is_letter_or_digit(c) ? std::string(1, c) : formatted("%%%02x", c); }},
      {"percent, every character", [](char c) { return formatted("%%%02x", c); }},
      {"JSON, where needed",
       [](char c) {
         return c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
       }},
      {"JSON, with slashes",
       [](char c) {
         return c == '"' || c == '\\' || c == '/' ? std::string{'\\', c} : std::string(1, c);
       }},
      {"JSON, by number", [](char c) { return formatted("\\u%04X", c); }},
      {"a log's",
       [](char c) { return is_letter_or_digit(c) ? std::string(1, c) : formatted("\\x%02X", c); }},
      {"HTML, by name",
       [](char c) -> std::string {
         switch (c) {
           case '&':
             return "&amp;";
           case '<':
             return "&lt;";
           case '>':
             return "&gt;";
           case '"':
             return "&quot;";
           case '\'':
             return "&apos;";
           default:
             return {c};
         }
       }},
      {"HTML, by number", [](char c) { return formatted("&#%u;", c); }},
      {"HTML, by hexadecimal number", [](char c) { return formatted("&#x%x;", c); }},
  };
  for (const auto& form : forms) {
    const std::string there = escaped(kSecret, form.how);
    EXPECT_EQ(masked("X-Api-Key: " + there + "\r\n", kSecret, kAll), "X-Api-Key: ***\r\n")
        << form.name << ": " << there;
    EXPECT_EQ(masked(there + there, kSecret, kAll), "******") << form.name;
  }
}

TEST(Masking, FindsTheSecretBrokenOverLinesAnywhere) {
  constexpr std::string_view secret = "nunu-secret";
  for (const std::string_view fold :
       {"\n", "\r\n ", "\n\t\t ", "\r\n\r\n", R"(\r\n )", "%0D%0A%20"})
    for (std::size_t at = 1; at < secret.size(); ++at) {
      std::string folded(secret);
      folded.insert(at, fold);
      EXPECT_EQ(masked("<" + folded + ">", secret, kAll), "<***>") << folded;
    }
}

TEST(Masking, LeavesEverythingElse) {
  for (const std::string_view text :
       {"",        "nunu", "nunu-secre", "nunu secret",    "unu-secret", "100 %",
        "%",       "%6",   "\\",         "\\u00",          "\\u006",     "&",
        "&#",      "&#;",  "&#x;",       "&#99999999999;", "&nbsp;",     "&amp",
        "nunu-\n", "\n\n"})
    EXPECT_EQ(masked(text, "nunu-secret", kAll), text);
  EXPECT_EQ(masked("nunu-nunu-secret", "nunu-secret", kAll), "nunu-***") << "after a false start";
  EXPECT_EQ(masked("anything", "", kAll), "anything");
}

TEST(Masking, CutsNoSecretInTwo) {
  constexpr std::string_view text = "the key is nunu-secret, and so on";
  for (std::size_t most = 0; most <= text.size(); ++most) {
    const std::string start = masked(text, "nunu-secret", most);
    EXPECT_EQ(start, std::string_view("the key is ***, and so on").substr(0, most));
  }
}

}  // namespace
}  // namespace nunu::core
