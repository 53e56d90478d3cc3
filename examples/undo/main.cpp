// An undo stack: a LIFO queue takes back what was done last first.
//   errand-undo [STORE_URL]      default: memory:

#include <errand/errand.hpp>

#include <iostream>

namespace {

struct TakeBack {
    static constexpr std::string_view job_type = "text.take_back";
    std::uint32_t letters = 0;
};
BOOST_DESCRIBE_STRUCT(TakeBack, (), (letters))

constexpr auto queue = "undo";

bool run(const std::shared_ptr<errand::Store>& store) {
    errand::Client client{store};
    client.set_queue_settings(queue, {.order = errand::QueueOrder::lifo});

    // Each edit lays down how to take it back.
    std::string text;
    std::vector<errand::JobId> ids;
    for (const std::string word : {"errands", " are", " run"}) {
        text += word;
        const TakeBack undo{static_cast<std::uint32_t>(word.size())};
        ids.push_back(client.enqueue(undo, {.queue = queue}).id);
        std::cout << "wrote:     \"" << text << "\"\n";
    }

    // Undoing is running the queue, one job at a time. In another order words would be torn.
    bool whole = true;
    errand::Worker worker{store, {.queues = {{queue, 1}}, .prefetch = 0}};
    worker.handle<TakeBack>([&](const TakeBack& undo) {
        text.resize(text.size() - undo.letters);
        whole = whole && (text.empty() || text == "errands" || text == "errands are");
        std::cout << "took back: \"" << text << "\"\n";
    });
    worker.start();
    for (const auto& id : ids) {
        if (!client.wait(id, std::chrono::minutes{1})) return false;
    }
    worker.stop();
    return whole && text.empty();
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(errand::open_store(count > 1 ? words[1] : "memory:")) ? 0 : 1;
    } catch (const errand::Error& error) {
        std::cerr << "undo: " << error.what() << '\n';
        return 1;
    }
}
