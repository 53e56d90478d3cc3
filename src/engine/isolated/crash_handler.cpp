#include "engine/isolated/crash_handler.hpp"

#include "engine/isolated/frames.hpp"

#include <execinfo.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstring>

namespace errand::engine {
namespace {

constexpr int max_frames = 64;
constexpr std::array fatal_signals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP};

// A signal handler can reach nothing but objects of static duration.
constinit int report_fd = -1;
constinit SharedSlot* report_slot = nullptr;
constinit std::atomic<bool> reporting{false};
alignas(16) constinit std::array<char, 64U << 10> handler_stack{};
constinit std::array<char, frame_head_bytes + sizeof(std::uint64_t) * (4 + max_frames)> report{};

void* program_counter(const void* context) noexcept {
    const auto& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
    return reinterpret_cast<void*>(machine.gregs[REG_RIP]);
#elif defined(__aarch64__)
    return reinterpret_cast<void*>(machine.pc);
#else
    static_cast<void>(machine);
    return nullptr;
#endif
}

/// Where the handler's own frames end: at the instruction that the signal hit.
int first_frame(void* const* frames, int count, const void* hit) noexcept {
    for (int i = 0; i < count; ++i) {
        if (frames[i] == hit) return i;
    }
    return 0;
}

char* put(char* at, std::uint64_t value) noexcept {
    std::memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

void write_report(int signal, const siginfo_t& info, const void* context) noexcept {
    std::array<void*, max_frames> frames{};
    const int count = backtrace(frames.data(), max_frames);
    const int first = first_frame(frames.data(), count, program_counter(context));
    auto* at = report.data() + sizeof(std::uint32_t);
    *at++ = static_cast<char>(FrameKind::crash);
    at = put(at, report_slot->performing.load());
    at = put(at, static_cast<std::uint64_t>(signal));
    at = put(at, reinterpret_cast<std::uint64_t>(info.si_addr));
    at = put(at, static_cast<std::uint64_t>(count - first));
    for (int i = first; i < count; ++i)
        at = put(at, reinterpret_cast<std::uint64_t>(frames[static_cast<std::size_t>(i)]));
    const auto length = static_cast<std::uint32_t>(at - report.data());
    std::memcpy(report.data(), &length, sizeof length);
    [[maybe_unused]] const auto written = ::write(report_fd, report.data(), length);
}

extern "C" void on_fatal_signal(int signal, siginfo_t* info, void* context) {
    const bool sent_by_others = info->si_code == SI_USER && info->si_pid != ::getpid();
    if (!sent_by_others && !reporting.exchange(true)) write_report(signal, *info, context);
    // SA_RESETHAND has restored the default action; blocked until this returns.
    ::raise(signal);
}

}  // namespace

void install_crash_handler(int fd, SharedSlot& slot) {
    report_fd = fd;
    report_slot = &slot;
    // The first call loads the unwinder, which must not happen in the handler.
    std::array<void*, 1> frame{};
    static_cast<void>(backtrace(frame.data(), 1));
    const stack_t stack{handler_stack.data(), 0, handler_stack.size()};
    ::sigaltstack(&stack, nullptr);
    struct sigaction action {};
    action.sa_sigaction = on_fatal_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | static_cast<int>(SA_RESETHAND);
    for (const int signal : fatal_signals)
        ::sigaction(signal, &action, nullptr);
}

}  // namespace errand::engine
