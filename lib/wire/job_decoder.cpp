#include <boost/json/basic_parser_impl.hpp>

#include "wire/job_handler.hpp"
#include "wire/job_json.hpp"

namespace nunu::wire {

struct job_decoder::parser {
  boost::json::basic_parser<job_handler> sax{boost::json::parse_options{}};
  /// Set while it parses, and ever after when that failed or threw: `basic_parser::reset` of Boost
  /// 1.81 does not restore the depth, so that a parser that is used on allows less with each error.
  bool spoiled = false;

  template <class Out>
  static decoded<void> decode(std::unique_ptr<parser>& self, std::string_view body, Out& out) {
    if (self == nullptr || self->spoiled) self = std::make_unique<parser>();
    self->spoiled = true;
    decoded<void> result = self->decode(body, out);
    self->spoiled = result.has_error();
    return result;
  }

  template <class Out>
  decoded<void> decode(std::string_view body, Out& out) {
    boost::system::error_code ec;
    sax.reset();
    sax.handler().begin(out);
    const std::size_t used = sax.write_some(false, body.data(), body.size(), ec);
    if (!ec && used < body.size()) ec = boost::json::error::extra_data;
    if (!ec) return {};
    if (!sax.handler().problem().empty()) return sax.handler().problem();
    return "the body is not valid JSON: " + ec.message() + " at byte " + std::to_string(used);
  }
};

job_decoder::job_decoder() = default;
job_decoder::~job_decoder() = default;
job_decoder::job_decoder(job_decoder&&) noexcept = default;
job_decoder& job_decoder::operator=(job_decoder&&) noexcept = default;

decoded<void> job_decoder::decode_job(std::string_view body, job& out) {
  return parser::decode(parser_, body, out);
}

decoded<void> job_decoder::decode_page(std::string_view body, job_page& out) {
  return parser::decode(parser_, body, out);
}

}  // namespace nunu::wire
