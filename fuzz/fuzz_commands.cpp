#include "conformance/model_player.hpp"
#include "fuzz/support.hpp"

#include <fmt/format.h>

// The input is a sequence of calls, nine bytes each, played on the memory store and on SQLite. All
// answers and all content are the same.

namespace errand::fuzz {
namespace {

constexpr std::size_t most_commands = 60;

/// Bytes from the front of the input; zeros when it is used up.
class Bytes {
public:
    explicit Bytes(std::string_view rest) : rest_(rest) {}

    [[nodiscard]] bool empty() const { return rest_.empty(); }
    std::uint8_t take() {
        if (rest_.empty()) return 0;
        const auto byte = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return byte;
    }

private:
    std::string_view rest_;
};

test::Command take_command(Bytes& bytes) {
    constexpr auto kinds = static_cast<std::uint8_t>(test::command_kind_count);
    test::Command command;
    command.kind = static_cast<test::CommandKind>(bytes.take() % kinds);
    for (auto& number : command.numbers)
        number = bytes.take() % 60;
    return command;
}

}  // namespace
}  // namespace errand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errand;
    fuzz::Bytes bytes{fuzz::text_of(data, size)};
    test::SameLife stores;
    for (std::size_t i = 0; i < fuzz::most_commands && !bytes.empty(); ++i) {
        const auto command = fuzz::take_command(bytes);
        const auto differs = stores.play(command);
        fuzz::check(differs.empty(), fmt::format("after {}", to_string(command.kind)), differs);
    }
    const auto differs = stores.compare_attachments();
    fuzz::check(differs.empty(), "at the end", differs);
    return 0;
}
