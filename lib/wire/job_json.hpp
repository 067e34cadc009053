/// \file
/// Jobs and pages of jobs, to and from JSON. Decoding is typed SAX parsing: no document is built.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <nunu/job.hpp>
#include "wire/decoded.hpp"

namespace nunu::wire {

/// Decodes bodies of `GET /jobs/{jobId}` and `GET /jobs`. Keep one and use it again: it keeps its
/// buffers. Required of a job are `job_id` and `status`; other fields may be missing or null,
/// fields that it does not know are ignored, statuses and results that it does not know are kept as
/// text, a time that it cannot read is none: a job must not stay unfinished for it. A field of the
/// wrong type or out of range, a known key that comes twice, nesting deeper than 32, invalid UTF-8
/// and trailing data are errors.
class job_decoder {
 public:
  job_decoder();
  ~job_decoder();
  job_decoder(job_decoder&&) noexcept;
  job_decoder& operator=(job_decoder&&) noexcept;

  /// Overwrites all of `out`, reusing its memory. After an error `out` is unspecified.
  decoded<void> decode_job(std::string_view body, job& out);
  decoded<void> decode_page(std::string_view body, job_page& out);

 private:
  struct parser;
  std::unique_ptr<parser> parser_;
};

/// Appends the JSON of the API reference to `out`; empty texts become null where the reference
/// allows it.
void encode_job(const job& j, std::string& out);
void encode_page(const job_page& page, std::string& out);

}  // namespace nunu::wire
