#include "ending.hpp"

#include <gtest/gtest.h>
#include <set>

#include "error_name.hpp"
#include "evidence.hpp"
#include "example_results.hpp"

namespace cli {
namespace {

TEST(Ending, IsDrawnFromVerdictOutcomeAndStart) {
  const std::vector<result> each = example::every_ending();
  ASSERT_EQ(ending_count, each.size());
  for (std::size_t i = 0; i < each.size(); ++i)
    EXPECT_EQ(static_cast<ending>(i), ending_of(each[i])) << to_string(ending_of(each[i]));
}

TEST(Ending, WithoutAJobIsNotStartedForAnyErrorButTheUnknownOne) {
  for (const auto code : {nunu::errc::unauthorized, nunu::errc::quota_exceeded, nunu::errc::closed,
                          nunu::errc::connect_failed})
    EXPECT_EQ(ending::not_started, ending_of(example::not_started(code)));
  EXPECT_EQ(ending::not_started, ending_of(example::not_sent()));
}

TEST(Ending, OfStopIsAboutTheRequest) {
  EXPECT_EQ(ending::stopped, ending_of(example::asked_to_stop(true, 200)));
  EXPECT_EQ(ending::unreachable, ending_of(example::asked_to_stop(false, 404)));
}

TEST(Ending, OnlyPassedAndStoppedOnRequestAreSuccess) {
  for (const result& r : example::every_ending())
    EXPECT_EQ(ending_of(r) == ending::passed, succeeded(r)) << to_string(ending_of(r));
  EXPECT_TRUE(succeeded(example::asked_to_stop(true, 200)));
  EXPECT_FALSE(succeeded(example::asked_to_stop(false, 500)));
  result refused = example::asked_to_stop(true, 200);
  refused.start_error = nunu::errc::forbidden;
  EXPECT_FALSE(succeeded(refused));
}

TEST(Ending, KnowsWhatWasNotSent) {
  EXPECT_TRUE(was_not_sent(example::not_sent()));
  EXPECT_FALSE(was_not_sent(example::not_started(nunu::errc::bad_request)));
  EXPECT_FALSE(was_not_sent(example::finished(nunu::verdict::passed)));
}

TEST(Ending, NamesAndWordsDiffer) {
  std::set<std::string_view> names;
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < ending_count; ++i) {
    names.insert(to_string(static_cast<ending>(i)));
    words.insert(in_words(static_cast<ending>(i)));
  }
  EXPECT_EQ(ending_count, names.size());
  EXPECT_EQ(ending_count, words.size());
}

TEST(Ending, EachHasItsPlaceWorstFirst) {
  EXPECT_EQ(ending_count, std::set<ending>(worst_first.begin(), worst_first.end()).size());
}

TEST(ErrorName, EveryErrorHasOneOfItsOwn) {
  std::set<std::string> names;
  int code = static_cast<int>(nunu::errc::invalid_config);
  for (; code <= static_cast<int>(nunu::errc::proxy_rejected); ++code) {
    const std::string name = error_name(static_cast<nunu::errc>(code));
    EXPECT_EQ(std::string::npos, name.find(':')) << name;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_TRUE(names.contains("not_found"));
}

TEST(ErrorName, OthersHaveTheirCategoryAndNumber) {
  EXPECT_EQ("", error_name({}));
  EXPECT_EQ("operation_aborted", error_name(boost::asio::error::operation_aborted));
  EXPECT_EQ("generic:13", error_name({13, boost::system::generic_category()}));
  EXPECT_EQ("nunu:999", error_name({999, nunu::error_category()}));
}

}  // namespace
}  // namespace cli
