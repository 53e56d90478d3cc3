// Keeping contacts in step with somebody else's system, which is down for a while: a breaker leaves
// it alone, lets one job try now and then, and lets all go on when that works.
//   errand-sync [STORE_URL]      default: memory:

#include <errand/errand.hpp>

#include <iostream>
#include <mutex>
#include <string>

namespace {

struct SyncContact {
    static constexpr std::string_view job_type = "contact.sync";
    int contact = 0;
};
BOOST_DESCRIBE_STRUCT(SyncContact, (), (contact))

constexpr int contacts = 40;
constexpr std::uint32_t slots = 4;
constexpr int calls_while_down = 6;

/// The other system: refuses its first calls, then works.
class Crm {
public:
    [[nodiscard]] bool put(int contact, std::string_view breaker) {
        const std::lock_guard lock{mutex_};
        const bool is_up = ++calls_ > calls_while_down;
        if (!is_up || breaker == "tries") {
            std::cout << "call " << calls_ << ", contact " << contact << ": the breaker " << breaker
                      << ", the CRM " << (is_up ? "is back" : "is down") << '\n';
        }
        tries_ += breaker == "tries" ? 1 : 0;
        return is_up;
    }
    [[nodiscard]] int calls() const { return calls_; }
    [[nodiscard]] int tries() const { return tries_; }

private:
    std::mutex mutex_;
    int calls_ = 0;
    int tries_ = 0;
};

/// What the only limit's breaker does now.
std::string_view breaker_of(const errand::Client& client) {
    const auto view = client.limits().at(0);
    if (!view.broken_until) return "is closed";
    return *view.broken_until > client.store()->now() ? "has just opened" : "tries";
}

bool run(const std::shared_ptr<errand::Store>& store) {
    errand::Client client{store};
    errand::Limit limit{.scope = errand::Scope::type(SyncContact::job_type)};
    limit.breaker = errand::Breaker::parse("3 failures, open 1s");
    client.set_limit(limit);

    std::vector<errand::NewJob> jobs;
    for (int contact = 1; contact <= contacts; ++contact)
        jobs.push_back(errand::Client::make_job(SyncContact{contact}, {}));
    const auto receipts = client.enqueue_many(std::move(jobs));

    Crm crm;
    // Without prefetching no job is at a worker that has not begun when the breaker opens.
    errand::Worker worker{store, {.queues = {{"default", slots}}, .prefetch = 0}};
    worker.handle<SyncContact>(
        [&](const SyncContact& args) {
            if (crm.put(args.contact, breaker_of(client))) return errand::Outcome::done();
            return errand::Outcome::fail("the CRM does not answer", "http 502");
        },
        {.retry = errand::RetryPolicy::fixed(std::chrono::milliseconds{100})});
    worker.start();
    for (const auto& receipt : receipts) {
        const auto job = client.wait(receipt.id, std::chrono::minutes{1});
        if (!job || job->state != errand::JobState::completed) return false;
    }
    worker.stop();
    std::cout << contacts << " contacts in step after " << crm.calls() << " calls, " << crm.tries()
              << " of them tries; the breaker " << breaker_of(client) << '\n';
    return crm.calls() == contacts + calls_while_down && crm.tries() > 0 &&
           breaker_of(client) == "is closed";
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(errand::open_store(count > 1 ? words[1] : "memory:")) ? 0 : 1;
    } catch (const errand::Error& error) {
        std::cerr << "sync: " << error.what() << '\n';
        return 1;
    }
}
