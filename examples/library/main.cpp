// Documents become searchable: each is read and cut into words at once with the others, then
// vectors are made of all, written as an index, and a question is put to it. A document that cannot
// be read does not keep the others out.
//   errand-library [STORE_URL]      default: memory:

#include "demo/tfidf.hpp"
#include "demo/tokeniser.hpp"
#include "library/shelf.hpp"
#include "support/tool.hpp"

#include <errand/errand.hpp>

#include <fstream>
#include <iostream>

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

struct Parse {
    static constexpr std::string_view job_type = "library.parse";
    static constexpr std::uint32_t max_attempts = 1;
    std::string folder, document;
};
BOOST_DESCRIBE_STRUCT(Parse, (), (folder, document))

/// What parsing a document gives.
struct Parsed {
    std::string document;
    std::vector<std::string> words;
};
BOOST_DESCRIBE_STRUCT(Parsed, (), (document, words))

struct Index {
    static constexpr std::string_view job_type = "library.index";
    std::string file;
};
BOOST_DESCRIBE_STRUCT(Index, (), (file))

struct Search {
    static constexpr std::string_view job_type = "library.search";
    std::string question;
};
BOOST_DESCRIBE_STRUCT(Search, (), (question))

Parsed parse(const Parse& args, errand::Context& job) {
    job.progress(0, 2, "reading");
    const auto text = example::text_of(fs::path{args.folder} / args.document);
    job.progress(1, 2, "cutting into words");
    return {args.document, demo::words_of(text)};
}

/// One line per document that could be read: its name and its words.
std::string make_index(const Index& args, errand::Context& job) {
    std::ofstream out(args.file);
    const auto parents = job.parent_results();
    std::uint64_t done = 0;
    for (const auto& parent : parents) {
        if (parent.state == errand::JobState::completed) out << parent.result << '\n';
        job.progress(++done, parents.size(), parent.name);
    }
    out.close();
    if (!out) throw std::runtime_error{args.file + " cannot be written"};
    return args.file;
}

std::string search(const Search& args, errand::Context& job) {
    std::vector<std::string> names;
    std::vector<demo::Words> documents;
    std::ifstream in(job.parent_result<std::string>("index"));
    for (std::string line; std::getline(in, line);) {
        auto parsed = errand::Codec<Parsed>::decode(line);
        names.push_back(parsed.document);
        documents.push_back(std::move(parsed.words));
    }
    const auto vectors = demo::build_tfidf(documents);
    const auto hits = demo::search(vectors, demo::words_of(args.question), 1);
    return hits.empty() ? "nothing" : names[hits.front().document];
}

bool run(const std::shared_ptr<errand::Store>& store) {
    const example::Folder folder;
    const auto documents = example::write_documents(folder.path());
    errand::Worker worker{store, {.queues = {{"default", 4}}}};
    worker.handle<Parse>(parse);
    worker.handle<Index>(make_index);
    worker.handle<Search>(search);

    errand::WorkflowBuilder flow{"library"};
    const auto parsed = flow.map("parse", documents, [&](const std::string& document) {
        return Parse{folder.path().string(), document};
    });
    const auto index = flow.add("index", Index{(folder.path() / "index.jsonl").string()})
                           .after(parsed, errand::OnFailure::go_on);
    const std::vector<std::string> questions{"when do I cut roses", "blight on wet leaves",
                                             "store apples in the cellar"};
    flow.map("search", questions, [](const std::string& question) { return Search{question}; })
        .after(index);
    errand::Client client{store};
    const auto id = client.submit(flow.build());
    worker.start();
    const auto end = client.wait_workflow(id, 1min);
    worker.stop();
    if (!end) return false;

    std::vector<std::string> answers;
    for (const auto& view : client.workflow_jobs(id)) {
        const auto job = client.find(view.id);
        std::cout << view.name << " (" << to_string(view.state)
                  << "): " << (job->errors.empty() ? "" : job->errors.back().message);
        if (view.name.starts_with("search")) {
            answers.push_back(errand::Codec<std::string>::decode(job->result));
            std::cout << answers.back();
        }
        std::cout << "\n";
    }
    const bool reads_pdf = example::has_tool("pdftotext");
    const auto expected =
        reads_pdf ? errand::WorkflowState::completed : errand::WorkflowState::partial;
    return end->state == expected && answers[0] == "roses.html" && answers[1] == "tomatoes.md" &&
           (!reads_pdf || answers[2] == "apples.pdf");
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(errand::open_store(count > 1 ? words[1] : "memory:")) ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "library: " << error.what() << '\n';
        return 1;
    }
}
