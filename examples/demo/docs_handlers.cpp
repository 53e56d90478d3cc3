#include "demo/corpus.hpp"
#include "demo/excerpt.hpp"
#include "demo/files.hpp"
#include "demo/handlers.hpp"
#include "demo/job.hpp"
#include "demo/markdown.hpp"
#include "demo/tokeniser.hpp"

#include <errand/time.hpp>

#include <cstdio>
#include <thread>

namespace demo {
namespace {

constexpr std::size_t excerpt_width = 160;
constexpr std::uint32_t most_answers = 100;

struct ParseArgs {
    std::string path;
    std::string out;
};
BOOST_DESCRIBE_STRUCT(ParseArgs, (), (path, out))

struct Parsed {
    std::size_t sections = 0;
    std::size_t words = 0;
};
BOOST_DESCRIBE_STRUCT(Parsed, (), (sections, words))

struct VectoriseArgs {
    std::string chunks;
    std::string index;
    std::optional<std::string> pace;  ///< to wait per chunk, so that people can follow the progress
};
BOOST_DESCRIBE_STRUCT(VectoriseArgs, (), (chunks, index, pace))

struct Vectorised {
    std::size_t documents = 0;
    std::size_t terms = 0;
};
BOOST_DESCRIBE_STRUCT(Vectorised, (), (documents, terms))

struct SearchArgs {
    std::string index;
    std::string query;
    std::uint32_t top = 0;
};
BOOST_DESCRIBE_STRUCT(SearchArgs, (), (index, query, top))

struct Answer {
    std::string path;
    std::string heading;
    double score = 0;
    std::string excerpt;
};
BOOST_DESCRIBE_STRUCT(Answer, (), (path, heading, score, excerpt))

Words words_in(const Chunk& chunk) {
    return words_of(chunk.heading + "\n" + chunk.text);
}

}  // namespace

void parse_document() {
    const auto args = read_argument<ParseArgs>();
    if (!std::filesystem::is_regular_file(args.path)) throw Discard("no such file: " + args.path);
    Parsed result;
    std::vector<Chunk> chunks;
    for (Section& section : split_markdown(read_file(args.path))) {
        result.words += count_words(section.text);
        chunks.push_back({args.path, std::move(section.heading), std::move(section.text)});
    }
    result.sections = chunks.size();
    write_chunks(args.out, args.path, chunks);
    report_result(result);
}

void vectorise() {
    const auto args = read_argument<VectoriseArgs>();
    const auto pace = args.pace ? errand::parse_duration(*args.pace) : errand::Duration{};
    SearchIndex index{.chunks = read_chunks(args.chunks), .vectors = {}};
    std::vector<Words> words;
    for (const Chunk& chunk : index.chunks)
        words.push_back(words_in(chunk));
    index.vectors = build_tfidf(words, [&](std::size_t done) {
        report_progress(done, words.size(), index.chunks[done - 1].path);
        std::this_thread::sleep_for(pace);
    });
    save_index(args.index, index);
    report_result(Vectorised{index.chunks.size(), index.vectors.terms.size()});
}

void search_documents() {
    const auto args = read_argument<SearchArgs>();
    if (args.top == 0 || args.top > most_answers) throw Discard("top must lie between 1 and 100");
    const SearchIndex index = load_index(args.index);
    const Words query = words_of(args.query);
    std::vector<Answer> answers;
    for (const Hit& hit : search(index.vectors, query, args.top)) {
        const Chunk& chunk = index.chunks[hit.document];
        answers.push_back(
            {chunk.path, chunk.heading, hit.score, excerpt(chunk.text, query, excerpt_width)});
    }
    report_result(answers);
}

void print_answers() {
    const auto answers = errand::Codec<std::vector<Answer>>::decode(read_args());
    if (answers.empty()) std::puts("    nothing found");
    for (const Answer& answer : answers) {
        std::printf("    %.2f  %s: %s\n          %s\n", answer.score, answer.path.c_str(),
                    answer.heading.c_str(), answer.excerpt.c_str());
    }
}

}  // namespace demo
