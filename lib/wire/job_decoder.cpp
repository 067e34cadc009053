#include <boost/json/basic_parser_impl.hpp>

#include "wire/job_handler.hpp"
#include "wire/job_json.hpp"
#include "wire/json_fields.hpp"

namespace nunu::wire {

struct job_decoder::parser {
  boost::json::basic_parser<job_handler> sax{json_options};

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

job_decoder::job_decoder() : parser_(std::make_unique<parser>()) {}
job_decoder::~job_decoder() = default;
job_decoder::job_decoder(job_decoder&&) noexcept = default;
job_decoder& job_decoder::operator=(job_decoder&&) noexcept = default;

decoded<void> job_decoder::decode_job(std::string_view body, job& out) {
  return parser_->decode(body, out);
}

decoded<void> job_decoder::decode_page(std::string_view body, job_page& out) {
  return parser_->decode(body, out);
}

}  // namespace nunu::wire
