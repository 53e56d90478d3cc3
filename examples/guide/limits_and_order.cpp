#include "guide/guide.hpp"

namespace guide {

void limits_and_order(const Store& store) {
    errand::Client client{store};
    client.set_limit({errand::Scope::queue("mail"), 3, errand::Rate::parse("100/1m")});
    client.remove_limit(errand::Scope::queue("mail"));
    expect(client.limits().empty());

    errand::Worker worker{store, {.groups = {errand::QueueGroup::parse("high*6,default*3,low:8")}}};
    errand::NewJob job;
    job.type = "errand.echo";
    job.queue = "low";
    worker.handle(job.type, [](errand::Context&) { return errand::Outcome::done(); });
    worker.start();
    expect(end_of(client, client.enqueue(job).id) == errand::JobState::completed);
}

}  // namespace guide
