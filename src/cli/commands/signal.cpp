#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "client/json_writer.hpp"
#include "core/validate.hpp"

#include "base/scan.hpp"

#include <errand/steps.hpp>

#include <fmt/format.h>

#include <iostream>
#include <iterator>

namespace errand::cli {
namespace {

struct SignalFlags {
    std::string id;
    std::string name;
    std::string value = "null";
};

/// What is said of it.
struct Answer {
    std::string_view code;
    std::string_view words;
    ExitCode exit;
};

Answer answer_of(SignalResult result) {
    switch (result) {
        case SignalResult::delivered:
            return {"delivered", "the job goes on", ExitCode::done};
        case SignalResult::kept:
            return {"kept", "the job does not wait for it yet and will find it", ExitCode::done};
        case SignalResult::already_there:
            return {"already_there", "one of this name came before, which counts",
                    ExitCode::failed};
        case SignalResult::ended:
            return {"ended", "the job has ended; nothing changed", ExitCode::failed};
        case SignalResult::not_found:
            break;
    }
    return {"not_found", "no such job", ExitCode::failed};
}

/// One byte above the limit is enough to be refused.
std::string read_stdin() {
    std::string text(max_signal_bytes + 1, '\0');
    std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::cin.gcount()));
    return text;
}

ExitCode signal_job(const SignalFlags& flags, CommandContext& context) {
    const JobId id = parse_id(flags.id);
    const auto text = flags.value == "-" ? read_stdin() : flags.value;
    const auto value = base::trim(text);
    core::validate_signal(flags.name, value);
    Client client = context.open_client();
    const auto result = client.signal(id, flags.name, value);
    if (result == SignalResult::not_found) throw unknown_job(id);
    const auto answer = answer_of(result);
    if (context.json()) {
        fmt::print("{}\n", client::ObjectWriter{}
                               .text("id", to_string(id))
                               .text("signal", flags.name)
                               .text("result", answer.code)
                               .finish());
    } else {
        fmt::print(stderr, "{}{}: {}\n",
                   answer.exit == ExitCode::done ? "" : "errand: ", answer.code, answer.words);
    }
    return answer.exit;
}

}  // namespace

void add_signal_command(CLI::App& app, CommandContext& context) {
    const auto flags = std::make_shared<SignalFlags>();
    auto& command = context.add_command(
        app,
        {.name = "signal",
         .group = group_jobs,
         .summary = "Give a job the signal that it waits for",
         .details = "A job whose handler waits for the signal NAME goes on with the value. When it "
                    "does not wait for it yet, the value is kept until it does. The first signal "
                    "of a name counts. `errand explain ID` tells which one a job waits for, and "
                    "until when. Exit code 1 when one of this name came before, when the job has "
                    "ended, or when its id is unknown.",
         .examples = {{"signal 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d approve",
                       "The signal without a value (null)."},
                      {"signal 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d approve '{\"by\": \"ada\"}'",
                       "With a value that the handler is given."}}},
        [flags, &context] { return signal_job(*flags, context); });
    command.add_option("ID", flags->id, "The job's id")->required();
    command.add_option("NAME", flags->name, "The signal's name, as its handler has it")->required();
    command.add_option("JSON", flags->value, "Its value; - reads it from stdin (default: null)");
}

}  // namespace errand::cli
