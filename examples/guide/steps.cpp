#include "guide/guide.hpp"

namespace guide {
namespace {

struct Refund {
    static constexpr std::string_view job_type = "refund.pay";
    static constexpr auto retry = errand::RetryPolicy::fixed(std::chrono::milliseconds{1});
    std::string order;
    int amount = 0;
};
BOOST_DESCRIBE_STRUCT(Refund, (), (order, amount))

struct Decision {
    bool approved = false;
    std::string by;
};
BOOST_DESCRIBE_STRUCT(Decision, (), (approved, by))

struct Copy {
    static constexpr std::string_view job_type = "rows.copy";
    static constexpr auto retry = errand::RetryPolicy::fixed(std::chrono::milliseconds{1});
    std::int64_t rows = 0;
};
BOOST_DESCRIBE_STRUCT(Copy, (), (rows))

struct Bank {
    int reserved = 0, paid = 0;
    std::string reserve(int amount) {
        reserved += amount;
        return "reservation";
    }
    void pay(const std::string& /*reservation*/, int amount) { paid += amount; }
};

}  // namespace

void steps(const Store& store) {
    Bank bank;
    errand::Client client{store};
    errand::Worker worker{store};
    worker.handle<Refund>([&](const Refund& refund, errand::Context& job) -> std::string {
        const auto reservation = job.step("reserve", [&] { return bank.reserve(refund.amount); });
        const auto decision = job.wait_signal<Decision>("approve", std::chrono::hours{48});
        if (!decision) return "nobody decided";
        job.sleep("cool-down", std::chrono::seconds{1});
        job.step("pay", [&] { bank.pay(reservation, refund.amount); });
        return "paid";
    });
    std::int64_t copied = 0;
    const auto copy = [&](std::int64_t row) {
        // Once, between two saved positions.
        if (++copied == 1'200 && row == 1'199) throw std::runtime_error{"the connection was lost"};
    };
    worker.handle<Copy>([&](const Copy& args, errand::Context& job) {
        auto position = job.cursor<std::int64_t>("rows");
        for (auto row = position.get().value_or(0); row < args.rows; ++row) {
            copy(row);
            if (row % 500 == 499) position.save(row + 1);
        }
    });

    const auto id = client.enqueue(Refund{"order-1", 30}).id;
    const auto rows = client.enqueue(Copy{2'000}).id;
    client.signal(id, "approve", Decision{true, "ada"});
    worker.start();
    expect(client.wait_for<std::string>(id, std::chrono::minutes{1}) == "paid");
    expect(bank.reserved == 30 && bank.paid == 30);
    expect(end_of(client, rows) == errand::JobState::completed);
    expect(copied == 1'200 + 1'000);  // the second attempt went on at row 1,000
}

}  // namespace guide
