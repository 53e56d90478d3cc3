// Mass notification through a provider that allows so many calls in a time: the limit is the
// store's, so it holds however many workers there are.
//   errand-notify [STORE_URL]      default: memory:

#include <errand/errand.hpp>

#include <algorithm>
#include <deque>
#include <iostream>
#include <mutex>

namespace {

using Steady = std::chrono::steady_clock;

struct Notify {
    static constexpr std::string_view job_type = "notify";
    std::string to;
};
BOOST_DESCRIBE_STRUCT(Notify, (), (to))

constexpr std::uint32_t recipients = 200;
constexpr std::uint32_t allowed = 50;
constexpr auto span = std::chrono::milliseconds{500};

/// Takes at most twice `allowed` calls in any span, as a real one leaves some room, and refuses
/// what is more.
class Provider {
public:
    [[nodiscard]] bool send() {
        const std::lock_guard lock{mutex_};
        const auto now = Steady::now();
        while (!calls_.empty() && now - calls_.front() >= span)
            calls_.pop_front();
        if (calls_.size() >= std::size_t{2} * allowed) {
            ++refused_;
            return false;
        }
        calls_.push_back(now);
        most_ = std::max(most_, calls_.size());
        return true;
    }
    void print() {
        const std::lock_guard lock{mutex_};
        std::cout << "at most " << most_ << " calls in any " << span.count() << " ms, " << refused_
                  << " refused\n";
    }

private:
    std::mutex mutex_;
    std::deque<Steady::time_point> calls_;
    std::size_t most_ = 0;
    std::size_t refused_ = 0;
};

bool run(const std::shared_ptr<errand::Store>& store) {
    errand::Client client{store};
    errand::Rate rate;
    rate.amount = allowed;
    rate.per = span;
    client.set_limit({errand::Scope::type(Notify::job_type), {}, rate});

    std::vector<errand::NewJob> jobs;
    for (std::uint32_t i = 0; i < recipients; ++i) {
        jobs.push_back(
            errand::Client::make_job(Notify{"user" + std::to_string(i)},
                                     {.expires_at = store->now() + std::chrono::hours{1}}));
    }
    const auto receipts = client.enqueue_many(std::move(jobs));

    Provider provider;
    const auto send = [&](const Notify&, errand::Context&) {
        if (provider.send()) return errand::Outcome::done();
        return errand::Outcome::snooze(span);  // no attempt is used
    };
    errand::Worker first{store};
    errand::Worker second{store};
    first.handle<Notify>(send);
    second.handle<Notify>(send);
    first.start();
    second.start();
    for (const auto& receipt : receipts) {
        const auto job = client.wait(receipt.id, std::chrono::minutes{1});
        if (!job || job->state != errand::JobState::completed) return false;
    }
    std::cout << recipients << " sent by " << first.activity().completed << " + "
              << second.activity().completed << " calls of two workers\n";
    provider.print();
    return true;
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(errand::open_store(count > 1 ? words[1] : "memory:")) ? 0 : 1;
    } catch (const errand::Error& error) {
        std::cerr << "notify: " << error.what() << '\n';
        return 1;
    }
}
