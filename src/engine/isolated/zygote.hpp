#pragma once

#include "base/unique_fd.hpp"
#include "engine/isolated/child.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace errand::engine {

/// What became of a process.
struct ProcessNews {
    enum class Kind : std::uint8_t { started, not_started, ended };
    Kind kind = Kind::started;
    std::uint32_t slot = 0;
    pid_t pid = 0;
    std::int32_t status = 0;  ///< as waitpid() gives it; of not_started the errno
};

/// The process that forks the isolated processes: itself forked while the program has one thread,
/// it stays so, and every process that it makes starts from the same clean state. It dies with the
/// worker, at the latest when its socket closes, and the isolated processes die with it.
class Zygote {
public:
    /// Forks it. `slots`, `handlers` and `options` are those that its processes see. Throws
    /// std::system_error.
    Zygote(SharedSlots& slots, const IsolatedHandlers& handlers, const IsolatedOptions& options);
    /// Ends it and all processes, and waits for that.
    ~Zygote();
    Zygote(const Zygote&) = delete;
    Zygote& operator=(const Zygote&) = delete;

    /// Readable when there is news.
    [[nodiscard]] int fd() const noexcept { return control_.get(); }
    /// A process for the slot, with `fd` as its end of the socket. News will tell. False: the
    /// zygote is gone.
    [[nodiscard]] bool start(std::uint32_t slot, int fd) noexcept;
    /// SIGKILL for a process, if it is still there.
    void kill(std::uint32_t slot) noexcept;
    /// None: there is no more news now, or is_gone().
    [[nodiscard]] std::optional<ProcessNews> news() noexcept;
    [[nodiscard]] bool is_gone() const noexcept { return gone_; }

private:
    base::UniqueFd control_;
    pid_t pid_ = -1;
    bool gone_ = false;
};

}  // namespace errand::engine
