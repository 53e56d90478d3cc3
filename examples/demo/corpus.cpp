#include "demo/corpus.hpp"

#include "demo/files.hpp"

#include <errand/boost_json.hpp>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace demo {

BOOST_DESCRIBE_STRUCT(SparseVector, (), (terms, weights))
BOOST_DESCRIBE_STRUCT(TfIdf, (), (terms, idf, documents))
BOOST_DESCRIBE_STRUCT(SearchIndex, (), (chunks, vectors))

namespace {

/// Change the number whenever the JSON after it changes.
constexpr std::string_view format_line = "errand-demo index 1\n";

std::string file_name(const std::string& document) {
    std::string name;
    for (const char c : document) {
        if (c == '/')
            name += "%2F";
        else if (c == '%')
            name += "%25";
        else
            name += c;
    }
    return name + ".jsonl";
}

bool fits(const SparseVector& vector, std::size_t terms) {
    return vector.terms.size() == vector.weights.size() &&
           std::ranges::all_of(vector.terms, [&](std::uint32_t term) { return term < terms; });
}

bool is_whole(const SearchIndex& index) {
    const TfIdf& vectors = index.vectors;
    return vectors.documents.size() == index.chunks.size() &&
           vectors.idf.size() == vectors.terms.size() &&
           std::ranges::all_of(vectors.documents, [&](const SparseVector& vector) {
               return fits(vector, vectors.terms.size());
           });
}

}  // namespace

void write_chunks(const std::filesystem::path& folder, const std::string& document,
                  const std::vector<Chunk>& chunks) {
    std::string lines;
    for (const Chunk& chunk : chunks)
        lines += errand::Codec<Chunk>::encode(chunk) + "\n";
    write_file(folder / file_name(document), lines);
}

std::vector<Chunk> read_chunks(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
    }
    std::ranges::sort(files);
    std::vector<Chunk> chunks;
    for (const auto& file : files) {
        const std::string lines = read_file(file);
        for (std::size_t at = 0; at < lines.size();) {
            const auto end = std::min(lines.find('\n', at), lines.size());
            const std::string_view line{lines.data() + at, end - at};
            chunks.push_back(errand::Codec<Chunk>::decode(line));
            at = end + 1;
        }
    }
    if (chunks.empty()) throw std::runtime_error(folder.string() + ": holds no chunks");
    return chunks;
}

void save_index(const std::filesystem::path& file, const SearchIndex& index) {
    write_file(file, std::string{format_line} + errand::Codec<SearchIndex>::encode(index));
}

SearchIndex load_index(const std::filesystem::path& file) {
    const std::string content = read_file(file);
    if (!content.starts_with(format_line)) {
        throw std::runtime_error(file.string() + ": has another format; run docs.vectorise again");
    }
    const auto json = std::string_view{content}.substr(format_line.size());
    SearchIndex index = errand::Codec<SearchIndex>::decode(json);
    if (!is_whole(index)) {
        throw std::runtime_error(file.string() + ": is damaged; run docs.vectorise again");
    }
    return index;
}

}  // namespace demo
