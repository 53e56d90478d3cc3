#include "guide/guide.hpp"

namespace guide {
namespace {

using namespace std::chrono_literals;

struct SyncUser {
    static constexpr std::string_view job_type = "sync.user";
    int id = 0;
};
BOOST_DESCRIBE_STRUCT(SyncUser, (), (id))

struct IndexPage {
    static constexpr std::string_view job_type = "page.index";
    int id = 0;
};
BOOST_DESCRIBE_STRUCT(IndexPage, (), (id))

struct AlertMail {
    static constexpr std::string_view job_type = "alert.mail";
    std::string host;
};
BOOST_DESCRIBE_STRUCT(AlertMail, (), (host))

/// Says whether another job holds the key.
bool is_held(errand::Client& client) {
    const auto receipt = client.enqueue(SyncUser{7}, {.unique_key = "user-7"});
    if (receipt.kind == errand::InsertResult::Kind::duplicate) { /* receipt.id holds the key */
    }
    return receipt.kind == errand::InsertResult::Kind::duplicate;
}

void enqueue_often(errand::Client& client) {
    client.enqueue(IndexPage{7}, {.unique_by = {{"id"}}, .debounce = 30s});
    client.enqueue(AlertMail{"db1"}, {.throttle = 10min});
}

}  // namespace

void unique_jobs(const Store& store) {
    errand::Client client{store};
    expect(!is_held(client));
    expect(is_held(client));
    enqueue_often(client);
    enqueue_often(client);
    expect(client.list().jobs.size() == 3);
}

}  // namespace guide
