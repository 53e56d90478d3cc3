#include "engine/isolated/crash_report.hpp"

#include "engine/demangled.hpp"
#include "engine/isolated/elf_symbols.hpp"

#include <fmt/format.h>

#include <dlfcn.h>
#include <sys/auxv.h>
#include <sys/wait.h>

#include <csignal>
#include <cstring>
#include <string_view>

namespace errand::engine {
namespace {

std::string_view file_name(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// Where the file of an address is. The linker calls the program itself by the word that it was
/// started with, which leads nowhere when that was found by PATH or the folder has changed.
const char* path_of(const Dl_info& info) {
    Dl_info program{};
    const bool known = ::dladdr(reinterpret_cast<void*>(::getauxval(AT_PHDR)), &program) != 0;
    return known && program.dli_fbase == info.dli_fbase ? "/proc/self/exe" : info.dli_fname;
}

std::string line_of(std::uint64_t address) {
    Dl_info info{};
    auto* pointer = reinterpret_cast<void*>(address);
    if (::dladdr(pointer, &info) == 0 || !info.dli_fname) return fmt::format("{:#x}", address);
    const auto file = file_name(info.dli_fname);
    if (info.dli_sname) {
        const auto offset = address - reinterpret_cast<std::uint64_t>(info.dli_saddr);
        return fmt::format("{} {}+{:#x}", file, demangled(info.dli_sname), offset);
    }
    const auto offset = address - reinterpret_cast<std::uint64_t>(info.dli_fbase);
    const auto symbol = find_elf_symbol(path_of(info), offset);
    if (symbol.name.empty()) return fmt::format("{} +{:#x}", file, offset);
    return fmt::format("{} {}+{:#x}", file, demangled(symbol.name.c_str()), symbol.into);
}

std::string describe_signal(int signal, const CrashReport* report, std::uint64_t cpu_seconds) {
    if (signal == SIGXCPU && cpu_seconds > 0) {
        return fmt::format("it used more than its {} s of processor time", cpu_seconds);
    }
    if (signal == SIGKILL) {
        return "its process was killed by SIGKILL, not by this worker: out of memory, or somebody";
    }
    auto text = fmt::format("its process was ended by {} ({})", signal_name(signal),
                            ::sigdescr_np(signal) ? ::sigdescr_np(signal) : "unknown signal");
    const bool touched = signal == SIGSEGV || signal == SIGBUS;
    if (report && touched) text += fmt::format(" at address {:#x}", report->address);
    return text;
}

}  // namespace

CrashReport read_crash(Frame& frame) {
    CrashReport report;
    report.job = frame.number();
    report.signal = static_cast<int>(frame.number());
    report.address = frame.number();
    for (auto left = frame.number(); left > 0 && !frame.damaged(); --left)
        report.stack.push_back(frame.number());
    return report;
}

std::string backtrace_text(const CrashReport& report) {
    std::string text;
    for (std::size_t i = 0; i < report.stack.size(); ++i) {
        // A return address is that of the instruction after the call, perhaps of the next function.
        const auto address = i == 0 ? report.stack[i] : report.stack[i] - 1;
        if (i > 0) text += '\n';
        text += fmt::format("#{} {}", i, line_of(address));
    }
    return text;
}

std::string signal_name(int signal) {
    const auto* name = ::sigabbrev_np(signal);
    return name ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

ProcessEnd describe_end(int status, const CrashReport* report, std::uint64_t cpu_seconds) {
    if (WIFSIGNALED(status)) {
        const auto signal = WTERMSIG(status);
        return {signal_name(signal), describe_signal(signal, report, cpu_seconds)};
    }
    const auto code = WEXITSTATUS(status);
    return {fmt::format("exit {}", code),
            fmt::format("its process ended with exit status {} in the middle of the job", code)};
}

}  // namespace errand::engine
