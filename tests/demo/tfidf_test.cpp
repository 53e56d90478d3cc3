#include "demo/tfidf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace demo {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr double tolerance = 1e-12;

/// Three documents, small enough to be computed by hand: "job" is in two of them, the others in
/// one.
const std::vector<Words>& corpus() {
    static const std::vector<Words> documents{{"job", "queue", "queue"}, {"job"}, {"store"}};
    return documents;
}

TEST(BuildTfIdf, TermsAreOrderedAndRareOnesWeighMore) {
    const TfIdf index = build_tfidf(corpus());
    EXPECT_THAT(index.terms, ElementsAre("job", "queue", "store"));
    // ln((1 + 3) / (1 + 2)) + 1 and ln((1 + 3) / (1 + 1)) + 1
    EXPECT_THAT(index.idf, ElementsAre(DoubleNear(1.2876820724517808, tolerance),
                                       DoubleNear(1.6931471805599454, tolerance),
                                       DoubleNear(1.6931471805599454, tolerance)));
}

TEST(BuildTfIdf, VectorsHaveLengthOne) {
    const TfIdf index = build_tfidf(corpus());
    // job once: 1.28768; queue twice: (1 + ln 2) · 1.69315 = 2.86675; length 3.14267
    EXPECT_THAT(index.documents[0].terms, ElementsAre(0, 1));
    EXPECT_THAT(index.documents[0].weights,
                ElementsAre(DoubleNear(0.40974161, 1e-6), DoubleNear(0.91220160, 1e-6)));
    EXPECT_THAT(index.documents[1].weights, ElementsAre(DoubleNear(1, tolerance)));
}

TEST(BuildTfIdf, TellsHowManyAreDone) {
    std::vector<std::size_t> told;
    (void)build_tfidf(corpus(), [&](std::size_t done) { told.push_back(done); });
    EXPECT_THAT(told, ElementsAre(1, 2, 3));
}

TEST(BuildTfIdf, AnEmptyDocumentHasAnEmptyVector) {
    const TfIdf index = build_tfidf(std::vector<Words>{{}, {"job"}});
    EXPECT_THAT(index.documents[0].terms, IsEmpty());
    EXPECT_THAT(index.documents[0].weights, IsEmpty());
}

TEST(Search, TheNearestComesFirst) {
    const TfIdf index = build_tfidf(corpus());
    const auto hits = search(index, {"job"}, 5);
    ASSERT_EQ(hits.size(), 2U);
    EXPECT_EQ(hits[0].document, 1U);
    EXPECT_NEAR(hits[0].score, 1, tolerance);
    EXPECT_EQ(hits[1].document, 0U);
    EXPECT_NEAR(hits[1].score, 0.40974161, 1e-6);
}

TEST(Search, SeveralWordsAreWeighedTogether) {
    const TfIdf index = build_tfidf(corpus());
    const auto hits = search(index, {"job", "store"}, 5);
    ASSERT_EQ(hits.size(), 3U);
    // The query's vector: job 1.28768, store 1.69315, length 2.12717.
    const double job = 1.2876820724517808 / std::hypot(1.2876820724517808, 1.6931471805599454);
    EXPECT_EQ(hits[0].document, 2U);
    EXPECT_EQ(hits[1].document, 1U);
    EXPECT_NEAR(hits[1].score, job, tolerance);
    EXPECT_NEAR(hits[2].score, job * 0.40974161, 1e-6);
}

TEST(Search, UnknownWordsCountForNothing) {
    const TfIdf index = build_tfidf(corpus());
    EXPECT_THAT(search(index, {"unknown"}, 5), IsEmpty());
    EXPECT_THAT(search(index, {}, 5), IsEmpty());
    EXPECT_NEAR(search(index, {"job", "unknown"}, 5).front().score, 1, tolerance);
}

TEST(Search, GivesNoMoreThanAskedFor) {
    const TfIdf index = build_tfidf(std::vector<Words>(10, Words{"job"}));
    const auto hits = search(index, {"job"}, 3);
    ASSERT_EQ(hits.size(), 3U);
    EXPECT_EQ(hits[0].document, 0U);
    EXPECT_EQ(hits[2].document, 2U);
}

TEST(Search, AnEmptyCorpusHasNoAnswers) {
    EXPECT_THAT(search(build_tfidf({}), {"job"}, 3), IsEmpty());
}

}  // namespace
}  // namespace demo
