#pragma once

#include "demo/tfidf.hpp"

#include <boost/describe.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace demo {

/// One section of one document, the unit that is found.
struct Chunk {
    std::string path;  ///< of the document
    std::string heading;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(Chunk, (), (path, heading, text))

/// The chunks of one document lie in one file of JSON lines, named after the document's path.
void write_chunks(const std::filesystem::path& folder, const std::string& document,
                  const std::vector<Chunk>& chunks);

/// All chunks of the folder, ordered by document. Throws when there are none or one cannot be read.
[[nodiscard]] std::vector<Chunk> read_chunks(const std::filesystem::path& folder);

/// What docs.vectorise leaves to docs.search.
struct SearchIndex {
    std::vector<Chunk> chunks;
    TfIdf vectors;  ///< one document per chunk
};

/// The file begins with a line that names its format; one of another format is refused. Throws
/// std::runtime_error or errand::Error.
void save_index(const std::filesystem::path& file, const SearchIndex& index);
[[nodiscard]] SearchIndex load_index(const std::filesystem::path& file);

}  // namespace demo
