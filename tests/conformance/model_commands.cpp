#include "conformance/model_commands.hpp"

namespace errand::test {

rc::Gen<std::vector<Command>> command_sequences() {
    using enum CommandKind;
    const auto kinds = rc::gen::weightedElement<CommandKind>({{10, insert},
                                                              {1, insert_again},
                                                              {10, claim},
                                                              {12, settle},
                                                              {5, heartbeat},
                                                              {2, effect},
                                                              {5, signal},
                                                              {2, mark},
                                                              {4, cancel},
                                                              {4, retry},
                                                              {2, remove},
                                                              {2, set_paused},
                                                              {5, promote},
                                                              {6, advance_clock},
                                                              {3, take_over},
                                                              {1, kill_worker},
                                                              {1, prune},
                                                              {2, set_queue_settings},
                                                              {3, set_limit},
                                                              {2, pause_scope},
                                                              {1, unblock_key},
                                                              {3, put_schedule},
                                                              {5, set_schedule_state},
                                                              {8, fire},
                                                              {1, remove_schedule},
                                                              {4, subscribe},
                                                              {1, unsubscribe},
                                                              {6, read_events},
                                                              {5, insert_workflow},
                                                              {3, extend_workflow},
                                                              {1, cancel_workflow},
                                                              {3, retry_workflow},
                                                              {1, list}});
    const auto numbers =
        rc::gen::container<std::array<std::uint32_t, 8>>(rc::gen::inRange<std::uint32_t>(0, 60));
    const auto command = rc::gen::build<Command>(rc::gen::set(&Command::kind, kinds),
                                                 rc::gen::set(&Command::numbers, numbers));
    return rc::gen::container<std::vector<Command>>(command);
}

}  // namespace errand::test
