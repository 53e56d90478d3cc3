#include "support.hpp"

#include "conformance/model_player.hpp"

// Bytes as a sequence of calls, played on SQLite and on the memory store: every answer is the same.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace errand;
    constexpr std::size_t most_commands = 60;
    constexpr auto kinds = static_cast<std::uint8_t>(test::command_kind_count);
    fuzz::Bytes bytes{data, size};
    test::SameLife stores;
    for (std::size_t i = 0; i < most_commands && !bytes.empty(); ++i) {
        test::Command command;
        command.kind = static_cast<test::CommandKind>(bytes.byte() % kinds);
        for (auto& number : command.numbers)
            number = bytes.byte();
        const auto differs = stores.play(command);
        fuzz::require(differs.empty(), differs.c_str());
    }
    const auto differs = stores.compare_attachments();
    fuzz::require(differs.empty(), differs.c_str());
    return 0;
}
