#include "cli/bench/scratch.hpp"

#include "store/url.hpp"

#include <errand/error.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <array>

namespace errand::cli::bench {
namespace {

namespace fs = std::filesystem;

std::string percent_encoded(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        if (c == '%' || c == '?' || c == '&' || c == '#') {
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        } else {
            encoded += c;
        }
    }
    return encoded;
}

std::string query_text(const store::StoreUrl& url) {
    std::string text;
    for (const auto& [name, value] : url.query) {
        text += fmt::format("{}{}={}", text.empty() ? '?' : '&', percent_encoded(name),
                            percent_encoded(value));
    }
    return text;
}

/// "///PATH" is how URLs write an absolute path.
fs::path file_of(const store::StoreUrl& url) {
    const std::string_view path = url.path;
    return path.starts_with("///") ? path.substr(2) : path;
}

void remove_quietly(const fs::path& directory) noexcept {
    std::error_code ignored;
    fs::remove_all(directory, ignored);
}

}  // namespace

Scratch::Scratch(std::string_view store_url) {
    constexpr std::array<std::string_view, 2> measurable{"memory", "sqlite"};
    const auto url = store::parse_store_url(store_url);
    kind_ = url.scheme;
    query_ = query_text(url);
    if (kind_ == "memory") {
        durability_ = "none";
        return;
    }
    if (kind_ != "sqlite") store::refuse_unknown("store scheme", kind_, measurable);
    const auto durability = url.query.find("durability");
    durability_ = durability == url.query.end() ? "full" : durability->second;
    directory_ =
        fs::absolute(file_of(url)).parent_path() / fmt::format(".errand-bench-{}", ::getpid());
    std::error_code error;
    if (!fs::create_directory(directory_, error)) {
        const auto reason = error ? error.message() : "it is there already";
        throw Error(
            ErrorCode::store_unavailable,
            fmt::format("cannot make the scratch directory {}: {}; give --store a file in a "
                        "directory that may be written to",
                        directory_.string(), reason));
    }
}

Scratch::~Scratch() {
    if (!directory_.empty()) remove_quietly(directory_);
}

std::optional<fs::path> Scratch::make_directory() {
    if (directory_.empty()) return std::nullopt;
    auto directory = directory_ / std::to_string(++made_);
    fs::create_directory(directory);
    return directory;
}

std::string Scratch::url_in(const std::optional<fs::path>& directory) const {
    if (!directory) return kind_ + ":" + query_;
    return fmt::format("{}:{}{}", kind_, percent_encoded((*directory / "bench.db").string()),
                       query_);
}

FreshStore::FreshStore(Scratch& scratch)
    : directory_(scratch.make_directory()),
      url_(scratch.url_in(directory_)),
      store_(open_store(url_)) {}

FreshStore::~FreshStore() {
    store_.reset();
    if (directory_) remove_quietly(*directory_);
}

}  // namespace errand::cli::bench
