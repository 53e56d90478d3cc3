#include <errand/errand.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

struct Add {
    static constexpr std::string_view job_type = "add";
    int left = 0;
    int right = 0;
};
BOOST_DESCRIBE_STRUCT(Add, (), (left, right))

namespace {

int add_by_job(const std::string& url) {
    const auto store = errand::open_store(url);
    errand::Worker worker{store};
    worker.handle<Add>([](const Add& add) { return add.left + add.right; });
    worker.start();
    errand::Client client{store};
    const auto receipt = client.enqueue(Add{40, 2});
    return client.wait_for<int>(receipt.id, std::chrono::seconds{60});
}

}  // namespace

int main() {
    const auto file = std::filesystem::temp_directory_path() /
                      ("errand-consumer-" + errand::to_string(errand::new_job_id()) + ".db");
    for (const std::string& url : {std::string{"memory:"}, "sqlite:" + file.string()}) {
        const int sum = add_by_job(url);
        std::cout << url << " says " << sum << '\n';
        if (sum != 42) return EXIT_FAILURE;
    }
    for (const char* suffix : {"", "-wal", "-shm", "-run"}) {
        std::filesystem::remove_all(file.string() + suffix);
    }
}
