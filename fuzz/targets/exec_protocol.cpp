#include "support.hpp"

#include "core/validate.hpp"
#include "handlers/exec_protocol.hpp"
#include "handlers/line_reader.hpp"

#include <algorithm>

// What a program writes: cut into lines within bounds, however it arrives, and each line read.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errand;
    using namespace errand::handlers;
    if (size == 0) return 0;
    const LineBounds bounds{64, result_prefix, 256};
    const std::size_t step = 1 + data[0] % 31;
    const auto bytes = fuzz::text_of(data + 1, size - 1);
    std::string pieces;
    std::string whole;
    const auto read = [&](const Line& line, std::string& into) {
        fuzz::require(line.text.size() <= bounds.long_line, "a line beyond its bound");
        into += line.text;
        into += std::to_string(line.cut_bytes) + "\n";
        const auto parsed = parse_exec_line(line.text);
        if (const auto* result = std::get_if<ResultLine>(&parsed)) {
            fuzz::require(core::json_error(result->json).empty(), "a result that is no JSON");
        }
        if (const auto* discard = std::get_if<DiscardLine>(&parsed)) {
            fuzz::require(!discard->reason.empty(), "a discard without a reason");
        }
    };
    LineReader in_pieces{bounds, [&](const Line& line) { read(line, pieces); }};
    for (std::size_t at = 0; at < bytes.size(); at += step)
        in_pieces.feed(bytes.substr(at, step));
    in_pieces.finish();
    LineReader at_once{bounds, [&](const Line& line) { read(line, whole); }};
    at_once.feed(bytes);
    at_once.finish();
    fuzz::require(pieces == whole, "lines depend on how the bytes arrive");
    return 0;
}
