#include "demo/corpus.hpp"

#include "demo/files.hpp"
#include "support/temp_dir.hpp"

#include <errand/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace demo {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

class Corpus : public testing::Test {
protected:
    std::filesystem::path in_folder(const char* name) const { return folder_.path() / name; }

    errand::test::TempDir folder_;
};

SearchIndex small_index() {
    return {.chunks = {{"a.md", "A", "one job\n"}, {"b.md", "B › C", "two \"stores\"\n"}},
            .vectors = build_tfidf(std::vector<Words>{{"one", "job"}, {"two", "stores"}})};
}

TEST_F(Corpus, ChunksComeBackOrderedByDocument) {
    write_chunks(in_folder("chunks"), "guide/b.md", {{"guide/b.md", "B", "x\n"}});
    write_chunks(in_folder("chunks"), "a.md", {{"a.md", "A", "1\n"}, {"a.md", "A › Z", "2\n"}});
    const auto chunks = read_chunks(in_folder("chunks"));
    ASSERT_EQ(chunks.size(), 3U);
    EXPECT_EQ(chunks[0].text, "1\n");
    EXPECT_EQ(chunks[1].heading, "A › Z");
    EXPECT_EQ(chunks[2].path, "guide/b.md");
}

TEST_F(Corpus, ADocumentThatIsParsedAgainReplacesItsChunks) {
    write_chunks(in_folder("chunks"), "a.md", {{"a.md", "A", "old\n"}, {"a.md", "B", "old\n"}});
    write_chunks(in_folder("chunks"), "a.md", {{"a.md", "A", "new\n"}});
    const auto chunks = read_chunks(in_folder("chunks"));
    ASSERT_EQ(chunks.size(), 1U);
    EXPECT_EQ(chunks[0].text, "new\n");
}

TEST_F(Corpus, DocumentsOfSimilarPathsHaveFilesOfTheirOwn) {
    write_chunks(in_folder("chunks"), "a/b.md", {{"a/b.md", "", "1\n"}});
    write_chunks(in_folder("chunks"), "a%2Fb.md", {{"a%2Fb.md", "", "2\n"}});
    EXPECT_EQ(read_chunks(in_folder("chunks")).size(), 2U);
}

TEST_F(Corpus, AFolderWithoutChunksIsAnError) {
    EXPECT_THAT([&] { (void)read_chunks(folder_.path()); },
                ThrowsMessage<std::runtime_error>(HasSubstr("holds no chunks")));
}

TEST_F(Corpus, TheIndexComesBackAsItWas) {
    const SearchIndex index = small_index();
    save_index(in_folder("index"), index);
    const SearchIndex loaded = load_index(in_folder("index"));
    EXPECT_EQ(loaded.chunks[1].text, index.chunks[1].text);
    EXPECT_EQ(loaded.vectors.terms, index.vectors.terms);
    EXPECT_EQ(loaded.vectors.idf, index.vectors.idf);
    EXPECT_EQ(loaded.vectors.documents[1].weights, index.vectors.documents[1].weights);
}

TEST_F(Corpus, AnIndexOfAnotherFormatIsRefused) {
    write_file(in_folder("index"), "errand-demo index 2\n{}");
    EXPECT_THAT([&] { (void)load_index(in_folder("index")); },
                ThrowsMessage<std::runtime_error>(HasSubstr("has another format")));
}

TEST_F(Corpus, AnIndexThatPointsBeyondItsTermsIsRefused) {
    SearchIndex index = small_index();
    index.vectors.documents[0].terms[0] = 99;
    save_index(in_folder("index"), index);
    EXPECT_THAT([&] { (void)load_index(in_folder("index")); },
                ThrowsMessage<std::runtime_error>(HasSubstr("is damaged")));
}

TEST_F(Corpus, ATornIndexIsRefused) {
    save_index(in_folder("index"), small_index());
    const std::string whole = read_file(in_folder("index"));
    write_file(in_folder("index"), whole.substr(0, whole.size() / 2));
    EXPECT_THROW((void)load_index(in_folder("index")), errand::Error);
}

TEST_F(Corpus, WritingLeavesNoTemporaryFile) {
    save_index(in_folder("index"), small_index());
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder_.path()}, {}), 1);
}

}  // namespace
}  // namespace demo
