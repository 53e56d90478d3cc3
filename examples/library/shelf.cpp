#include "library/shelf.hpp"

#include "demo/markdown.hpp"
#include "support/tool.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace example {
namespace {

constexpr std::string_view tomatoes = R"(# Tomatoes

Tomatoes want *sun* and regular watering. Break out side shoots, and tie the stem to a pole.

## Diseases

Blight comes with wet leaves: water the soil, not the plant.
)";

constexpr std::string_view roses = R"(<!DOCTYPE html>
<html><head><title>Roses</title><style>p { margin: 1em }</style></head>
<body><h1>Roses</h1><p>Cut roses in spring, above a bud that looks outwards.</p>
<p>Aphids &amp; mildew are their enemies.</p></body></html>
)";

/// One page with the given lines, not compressed: what a printer driver might write.
std::string pdf_of(const std::vector<std::string>& lines) {
    std::string page = "BT /F1 12 Tf 72 720 Td 16 TL\n";
    for (const auto& line : lines)
        page += '(' + line + ") Tj T*\n";
    page += "ET\n";
    const std::vector<std::string> objects{
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        "<< /Length " + std::to_string(page.size()) + " >>\nstream\n" + page + "endstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"};
    std::string file = "%PDF-1.4\n", table;
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const auto offset = std::to_string(file.size());
        table += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
        file += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
    }
    const auto start = file.size();
    return file + "xref\n0 " + std::to_string(objects.size() + 1) + "\n0000000000 65535 f \n" +
           table + "trailer << /Size " + std::to_string(objects.size() + 1) +
           " /Root 1 0 R >>\nstartxref\n" + std::to_string(start) + "\n%%EOF\n";
}

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in) throw std::runtime_error{file.string() + " cannot be read"};
    return text;
}

/// Without tags and what stands between those of scripts and styles.
std::string html_text(std::string_view html) {
    std::string text;
    while (!html.empty()) {
        const auto open = html.find('<');
        text.append(html.substr(0, open));
        if (open == std::string_view::npos) break;
        html.remove_prefix(open);
        for (const std::string_view name : {"<style", "<script"}) {
            if (html.starts_with(name)) {
                html.remove_prefix(std::min(html.find("</"), html.size() - 1));
            }
        }
        html.remove_prefix(std::min(html.find('>'), html.size() - 1) + 1);
        text += ' ';
    }
    return text;
}

std::string markdown_text(std::string_view document) {
    std::string text;
    for (const auto& section : demo::split_markdown(document))
        text += section.heading + '\n' + section.text + '\n';
    return text;
}

}  // namespace

std::vector<std::string> write_documents(const std::filesystem::path& folder) {
    std::ofstream(folder / "tomatoes.md") << tomatoes;
    std::ofstream(folder / "roses.html") << roses;
    std::ofstream(folder / "apples.pdf", std::ios::binary)
        << pdf_of({"Apples", "Prune apple trees in winter, on a day without frost.",
                   "Store the fruit in a cool cellar."});
    return {"tomatoes.md", "roses.html", "apples.pdf"};
}

std::string text_of(const std::filesystem::path& document) {
    if (document.extension() == ".md") return markdown_text(read(document));
    if (document.extension() == ".html") return html_text(read(document));
    if (!has_tool("pdftotext")) {
        throw std::runtime_error{"pdftotext is not installed (apt-get install poppler-utils)"};
    }
    const auto result = run_tool("pdftotext -q " + quoted(document.string()) + " -");
    if (result.exit_code != 0)
        throw std::runtime_error{"pdftotext cannot read " + document.string()};
    return result.output;
}

}  // namespace example
