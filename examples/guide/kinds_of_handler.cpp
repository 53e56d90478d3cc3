#include "guide/guide.hpp"

#include <errand/asio.hpp>  // the only header of Errand that includes Boost.Asio
#include <errand/batch.hpp>
#include <errand/isolated.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fstream>
#include <set>

namespace guide {
namespace {

using namespace std::chrono_literals;

struct Probe {
    static constexpr std::string_view job_type = "host.probe";
    std::string host;
};
BOOST_DESCRIBE_STRUCT(Probe, (), (host))

struct Row {
    static constexpr std::string_view job_type = "row.insert";
    int number = 0;
};
BOOST_DESCRIBE_STRUCT(Row, (), (number))

struct Thumbnail {
    static constexpr std::string_view job_type = "thumbnail.make";
    static constexpr std::uint32_t max_attempts = 1;
    std::string file;
};
BOOST_DESCRIBE_STRUCT(Thumbnail, (), (file))

void make_thumbnail(const std::string& file) {
    if (file == "crafted") std::abort();
    std::ofstream{file} << "small\n";
}

}  // namespace

void isolated(const Store& store) {
    errand::Worker worker{store};
    errand::Isolated isolated{worker,
                              {.processes = 2, .memory_bytes = 512 << 20, .cpu_seconds = 60}};
    isolated.handle<Thumbnail>([](const Thumbnail& args) { make_thumbnail(args.file); },
                               {.timeout = 30s});
    worker.start();  // before the program has threads of its own

    errand::Client client{store};
    const auto bad = client.enqueue(Thumbnail{"crafted"}).id;
    const auto good = client.enqueue(Thumbnail{"good"}).id;
    expect(end_of(client, good) == errand::JobState::completed);
    expect(end_of(client, bad) == errand::JobState::discarded);
    expect(client.find(bad)->errors.back().kind == errand::FailureKind::crash);
}

void kinds_of_handler(const Store& store) {
    errand::Worker worker{store};
    errand::Coroutines coroutines{worker, {.at_most = 10'000}};
    coroutines.handle<Probe>(
        [](const Probe& host, errand::Context& job) -> boost::asio::awaitable<errand::Outcome> {
            job.log("waiting for " + host.host);
            boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor, 100ms};
            co_await timer.async_wait(boost::asio::use_awaitable);
            co_return errand::Outcome::done();
        });

    std::set<int> table;
    const auto insert = [&](const Row& row) { return table.insert(row.number).second; };
    const auto insert_all = [&](std::span<errand::Batched<Row>> rows) {
        for (auto& row : rows) {
            if (!insert(row.args())) row.settle(errand::Outcome::discard("a duplicate"));
        }
    };
    errand::handle_batch<Row>(worker, insert_all, {.size = 100, .concurrency = 1});

    errand::Client client{store};
    const auto probe = client.enqueue(Probe{"db1"}).id;
    const auto first = client.enqueue(Row{7}).id;
    const auto second = client.enqueue(Row{7}).id;
    worker.start();
    expect(end_of(client, probe) == errand::JobState::completed);
    expect(end_of(client, first) == errand::JobState::completed);
    expect(end_of(client, second) == errand::JobState::discarded);
}

}  // namespace guide
