#include "demo/tfidf.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>

namespace demo {
namespace {

std::map<std::string_view, std::size_t> document_counts(std::span<const Words> documents) {
    std::map<std::string_view, std::size_t> counts;
    for (const Words& words : documents) {
        for (const std::string_view word : std::set<std::string_view>{words.begin(), words.end()})
            ++counts[word];
    }
    return counts;
}

std::map<std::uint32_t, std::size_t> term_counts(const TfIdf& index, const Words& words) {
    std::map<std::uint32_t, std::size_t> counts;
    for (const auto& word : words) {
        const auto found = std::ranges::lower_bound(index.terms, word);
        if (found == index.terms.end() || *found != word) continue;
        ++counts[static_cast<std::uint32_t>(found - index.terms.begin())];
    }
    return counts;
}

SparseVector vector_of(const TfIdf& index, const Words& words) {
    SparseVector vector;
    double squares = 0;
    for (const auto& [term, count] : term_counts(index, words)) {
        const double weight = (1 + std::log(static_cast<double>(count))) * index.idf[term];
        vector.terms.push_back(term);
        vector.weights.push_back(weight);
        squares += weight * weight;
    }
    for (double& weight : vector.weights)
        weight /= std::sqrt(squares);
    return vector;
}

double dot_product(const SparseVector& a, const SparseVector& b) {
    double sum = 0;
    for (std::size_t i = 0, j = 0; i < a.terms.size() && j < b.terms.size();) {
        if (a.terms[i] == b.terms[j])
            sum += a.weights[i++] * b.weights[j++];
        else if (a.terms[i] < b.terms[j])
            ++i;
        else
            ++j;
    }
    return sum;
}

}  // namespace

TfIdf build_tfidf(std::span<const Words> documents,
                  const std::function<void(std::size_t)>& on_document) {
    TfIdf index;
    const auto total = static_cast<double>(documents.size());
    for (const auto& [term, count] : document_counts(documents)) {
        index.terms.emplace_back(term);
        index.idf.push_back(std::log((1 + total) / (1 + static_cast<double>(count))) + 1);
    }
    for (const Words& words : documents) {
        index.documents.push_back(vector_of(index, words));
        if (on_document) on_document(index.documents.size());
    }
    return index;
}

std::vector<Hit> search(const TfIdf& index, const Words& query, std::size_t top) {
    const SparseVector wanted = vector_of(index, query);
    std::vector<Hit> hits;
    for (std::size_t i = 0; i < index.documents.size(); ++i) {
        const double score = dot_product(wanted, index.documents[i]);
        if (score > 0) hits.push_back({i, std::min(score, 1.0)});
    }
    std::ranges::stable_sort(hits, std::ranges::greater{}, &Hit::score);
    hits.resize(std::min(hits.size(), top));
    return hits;
}

}  // namespace demo
