// The smallest whole program: a typed job, a worker in the same process, and the job's typed
// result.
//   errand-hello [STORE_URL]      default: memory:

#include <errand/errand.hpp>

#include <iostream>

struct Greeting {
    std::string text;
    std::uint32_t attempt = 0;
};
BOOST_DESCRIBE_STRUCT(Greeting, (), (text, attempt))

struct Greet {
    static constexpr std::string_view job_type = "greet";
    static constexpr auto retry = errand::RetryPolicy::exponential(std::chrono::minutes{1});
    std::string name;
};
BOOST_DESCRIBE_STRUCT(Greet, (), (name))

int main(int count, char** words) {
    try {
        auto store = errand::open_store(count > 1 ? words[1] : "memory:");

        errand::Worker worker{store};
        worker.handle<Greet>([](const Greet& greet, errand::Context& job) {
            return Greeting{"Hello, " + greet.name, job.attempt()};
        });
        worker.start();

        errand::Client client{store};
        const auto receipt = client.enqueue(Greet{"Ada"});  // durable, if the store is
        const auto greeting = client.wait_for<Greeting>(receipt.id, std::chrono::seconds{10});
        std::cout << greeting.text << " (attempt " << greeting.attempt << ")\n";

        worker.stop();
    } catch (const errand::Error& error) {
        std::cerr << "hello: " << error.what() << '\n';
        return 1;
    }
}
