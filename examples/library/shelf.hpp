#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace example {

/// Three documents on gardening: tomatoes.md, roses.html and apples.pdf.
std::vector<std::string> write_documents(const std::filesystem::path& folder);

/// The text of a document. PDF files are read by pdftotext. Throws when one cannot be read.
[[nodiscard]] std::string text_of(const std::filesystem::path& document);

}  // namespace example
