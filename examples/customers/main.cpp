// Strict order per customer: each customer's bookings run one after the other, retries included,
// while customers go on beside each other.
//   errand-customers [STORE_URL]      default: memory:

#include <errand/errand.hpp>

#include <iostream>
#include <map>
#include <mutex>

namespace {

struct Booking {
    static constexpr std::string_view job_type = "account.book";
    static constexpr auto retry = errand::RetryPolicy::fixed(std::chrono::milliseconds{20});
    std::string customer;
    std::uint32_t number = 0;
};
BOOST_DESCRIBE_STRUCT(Booking, (), (customer, number))

constexpr std::uint32_t bookings = 20;

/// The books of all customers: a booking is accepted only when it is the next of its customer.
class Books {
public:
    void book(const Booking& booking) {
        const std::lock_guard lock{mutex_};
        auto& last = last_[booking.customer];
        if (booking.number != last + 1) out_of_order_ = true;
        last = booking.number;
    }
    [[nodiscard]] bool in_order() const { return !out_of_order_; }
    void print() const {
        for (const auto& [customer, last] : last_)
            std::cout << customer << ": " << last << " bookings\n";
    }

private:
    std::mutex mutex_;
    std::map<std::string, std::uint32_t> last_;
    bool out_of_order_ = false;
};

bool run(const std::shared_ptr<errand::Store>& store) {
    errand::Client client{store};
    std::vector<errand::JobId> ids;
    for (std::uint32_t number = 1; number <= bookings; ++number) {
        for (const auto* customer : {"ada", "grace", "edsger"}) {
            const auto receipt = client.enqueue(Booking{customer, number}, {.key = customer});
            ids.push_back(receipt.id);
        }
    }

    Books books;
    errand::Worker worker{store, {.queues = {{"default", 8}}}};
    worker.handle<Booking>([&](const Booking& booking, errand::Context& job) {
        // The fifth booking fails at first: those behind it wait until it has come through.
        if (booking.number == 5 && job.attempt() == 1) return errand::Outcome::fail("try again");
        books.book(booking);
        return errand::Outcome::done();
    });
    worker.start();
    for (const auto& id : ids) {
        const auto job = client.wait(id, std::chrono::minutes{1});
        if (!job || job->state != errand::JobState::completed) return false;
    }
    worker.stop();
    books.print();
    return books.in_order();
}

}  // namespace

int main(int count, char** words) {
    try {
        const bool in_order = run(errand::open_store(count > 1 ? words[1] : "memory:"));
        std::cout << (in_order ? "every customer's in order\n" : "OUT OF ORDER\n");
        return in_order ? 0 : 1;
    } catch (const errand::Error& error) {
        std::cerr << "customers: " << error.what() << '\n';
        return 1;
    }
}
