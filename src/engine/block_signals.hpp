#pragma once

#include <csignal>

#include <pthread.h>

#include <initializer_list>

namespace errand::engine {

/// While it lives, threads started by this one are born with all ordinary signals blocked: system
/// calls of the engine's loops are not interrupted. Not for threads that run handlers, whose child
/// processes would inherit it.
class BlockSignals {
public:
    BlockSignals() {
        sigset_t blocked;
        sigfillset(&blocked);
        for (const int fatal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS}) {
            sigdelset(&blocked, fatal);
        }
        pthread_sigmask(SIG_BLOCK, &blocked, &before_);
    }
    ~BlockSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    BlockSignals(const BlockSignals&) = delete;
    BlockSignals& operator=(const BlockSignals&) = delete;

private:
    sigset_t before_;
};

}  // namespace errand::engine
