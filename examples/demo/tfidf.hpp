#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace demo {

/// A vector of length 1, or without entries. Both lists are equally long, terms ascending.
struct SparseVector {
    std::vector<std::uint32_t> terms;  ///< positions in TfIdf::terms
    std::vector<double> weights;
};

/// Documents as vectors: weight = (1 + ln count) · idf, then brought to length 1, with the smoothed
/// idf = ln((1 + documents) / (1 + documents with the term)) + 1. Plain data, so that it can be
/// stored.
struct TfIdf {
    std::vector<std::string> terms;  ///< ascending
    std::vector<double> idf;         ///< per term
    std::vector<SparseVector> documents;
};

struct Hit {
    std::size_t document;  ///< position in TfIdf::documents
    double score;          ///< cosine of the angle to the query, above 0, at most 1
};

using Words = std::vector<std::string>;

/// `on_document(n)` is called after each document with how many are done.
[[nodiscard]] TfIdf build_tfidf(std::span<const Words> documents,
                                const std::function<void(std::size_t)>& on_document = {});

/// The `top` documents nearest to the query, best first; equal ones in their order. Words that no
/// document has count for nothing.
[[nodiscard]] std::vector<Hit> search(const TfIdf& index, const Words& query, std::size_t top);

}  // namespace demo
