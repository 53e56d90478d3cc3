// A refund above a limit waits for somebody who approves it, up to two days and without a worker.
// The money is reserved once and paid once, however often the handler begins.
//   errand-approval [STORE_URL]      default: memory:

#include <errand/errand.hpp>

#include <boost/describe.hpp>

#include <atomic>
#include <iostream>
#include <mutex>
#include <thread>

namespace {

using namespace std::chrono_literals;

struct Refund {
    static constexpr std::string_view job_type = "refund.pay";
    static constexpr errand::RetryPolicy retry = errand::RetryPolicy::fixed(1ms);
    std::string order;
    int amount = 0;
};
BOOST_DESCRIBE_STRUCT(Refund, (), (order, amount))

/// What is signalled.
struct Decision {
    bool approved = false;
    std::string by;
};
BOOST_DESCRIBE_STRUCT(Decision, (), (approved, by))

/// The bank of the example counts what it is asked.
class Bank {
public:
    std::string reserve(int amount) {
        const std::lock_guard lock{mutex_};
        reserved_ += amount;
        return "reservation-" + std::to_string(++reservations_);
    }
    void pay(const std::string& reservation, int amount) {
        const std::lock_guard lock{mutex_};
        paid_ += amount;
        std::cout << "paid " << amount << " of " << reservation << "\n";
    }
    [[nodiscard]] int reserved() const {
        const std::lock_guard lock{mutex_};
        return reserved_;
    }
    [[nodiscard]] int paid() const {
        const std::lock_guard lock{mutex_};
        return paid_;
    }

private:
    mutable std::mutex mutex_;
    int reservations_ = 0, reserved_ = 0, paid_ = 0;
};

constexpr int limit = 100;

/// How often handlers began.
using Starts = std::atomic<int>;

void handle_refunds(errand::Worker& worker, Bank& bank, Starts& starts,
                    std::chrono::milliseconds patience) {
    worker.handle<Refund>([&, patience](const Refund& refund, errand::Context& job) -> std::string {
        ++starts;
        const auto reservation = job.step("reserve", [&] { return bank.reserve(refund.amount); });
        if (refund.amount > limit) {
            const auto decision = job.wait_signal<Decision>("approve", patience);
            if (!decision) return "nobody decided";
            if (!decision->approved) return "refused by " + decision->by;
        }
        job.step("pay", [&] { bank.pay(reservation, refund.amount); });
        if (job.attempt() == 1) throw std::runtime_error{"the mail server is down"};
        return "paid";
    });
}

void print_end(const errand::Client& client, std::string_view order, const errand::JobId& id) {
    const auto result = client.wait_for<std::string>(id, 1min);
    std::cout << order << ": " << result << "\n";
}

/// The job as soon as it waits for the signal.
errand::Job parked(const errand::Client& client, const errand::JobId& id) {
    while (true) {
        auto job = client.find(id).value();
        if (!job.awaits_signal.empty()) return job;
        std::this_thread::yield();
    }
}

bool run(const std::shared_ptr<errand::Store>& store) {
    errand::Client client{store};
    Bank bank;
    Starts starts{0};
    const auto small = client.enqueue(Refund{"order-1", 30}).id;
    const auto large = client.enqueue(Refund{"order-2", 500}).id;
    const auto doubtful = client.enqueue(Refund{"order-3", 900}).id;
    {
        errand::Worker worker{store};
        handle_refunds(worker, bank, starts, 48h);
        worker.start();
        print_end(client, "order-1", small);
        for (const auto& id : {large, doubtful}) {
            const auto job = parked(client, id);
            std::cout << "waits for '" << job.awaits_signal << "', attempts used: " << job.attempt
                      << "\n";
        }
    }  // The worker ends, as in a deploy. Nobody is needed while a job waits.

    client.signal(large, "approve", Decision{true, "ada"});
    client.signal(doubtful, "approve", Decision{false, "bob"});
    errand::Worker worker{store};
    handle_refunds(worker, bank, starts, 48h);
    worker.start();
    print_end(client, "order-2", large);
    print_end(client, "order-3", doubtful);
    worker.stop();
    const int counted = starts;
    std::cout << "the handler began " << counted << " times\n";

    // Somebody who is asked for 20 ms only does not decide in time.
    const auto urgent = client.enqueue(Refund{"order-4", 700}).id;
    errand::Worker hasty{store};
    handle_refunds(hasty, bank, starts, 20ms);
    hasty.start();
    print_end(client, "order-4", urgent);
    std::cout << "reserved " << bank.reserved() << ", paid " << bank.paid() << "\n";
    // Twice for order-1, three times for order-2, twice for order-3.
    return counted == 7 && bank.reserved() == 30 + 500 + 900 + 700 && bank.paid() == 30 + 500;
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(errand::open_store(count > 1 ? words[1] : "memory:")) ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "approval: " << error.what() << '\n';
        return 1;
    }
}
