#include "guide/guide.hpp"

#include <unistd.h>
#include <csignal>
#include <iostream>

#include <errand/errand.hpp>

struct SendEmail {
    static constexpr std::string_view job_type = "email.send";
    std::string to;
    std::string subject;
};
BOOST_DESCRIBE_STRUCT(SendEmail, (), (to, subject))

namespace guide {
namespace {

/// The last thing that this worker does: it is told to stop as by Ctrl-C.
void send(const std::string& to, const std::string& subject) {
    std::cout << to << ": " << subject << "\n";
    (void)::kill(::getpid(), SIGTERM);
}

}  // namespace

void getting_started(const Store& /*it opens one itself*/) {
    auto store = errand::open_store("sqlite:app.db");
    errand::Client client{store};
    auto receipt = client.enqueue(SendEmail{"ada@example.org", "Welcome"}, {.queue = "mail"});

    errand::Worker worker{store, {.queues = {{"mail", 4}, {"default", 8}}}};
    worker.handle<SendEmail>([](const SendEmail& email, errand::Context& job) {
        job.progress(1, 2, "connecting");
        send(email.to, email.subject);
    });
    worker.run();  // until SIGTERM; or start() and stop() inside your own program

    expect(end_of(client, receipt.id) == errand::JobState::completed);
}

}  // namespace guide
