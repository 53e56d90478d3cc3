// Somebody signs up and gets a mail. The user is a row of the application's own table, the mail is
// a job, and both are committed together or not at all: whether the address is taken, the code
// throws half-way, or the process is killed just before the commit.
//   errand-signup [sqlite:FILE [SMTP_SERVER]]      default: a file that goes afterwards
// Without a mail server, HOST:PORT, mails are written into the folder FILE-mail.

#include "signup/users.hpp"
#include "support/tool.hpp"

#include <errand/errand.hpp>
#include <errand/handlers.hpp>
#include <errand/sqlite.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <fstream>
#include <iostream>

namespace {

using namespace std::chrono_literals;

/// What the handler errand.email takes; it has more members.
struct Mail {
    static constexpr std::string_view job_type = errand::email_job_type;
    std::string to;
    std::string subject;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(Mail, (), (to, subject, text))

/// What else is done in the transaction, after the user and the job.
using Rest = std::function<void()>;

/// The user and the job of the mail, or neither: what throws in between ends the transaction.
errand::JobId sign_up(Users& users, const std::string& address, const Rest& rest) {
    const Mail mail{address, "Welcome", "Nice to have you here."};
    Transaction transaction{users};
    const auto made =
        errand::enqueue_in_transaction(users.connection(), {errand::Client::make_job(mail)});
    users.add(address);
    rest();
    transaction.commit();
    return made.front().id;
}

/// Where the parts of one run lie, and what performs the mails.
struct Setup {
    std::string file;
    std::string smtp_server;
    [[nodiscard]] std::filesystem::path outbox() const { return file + "-mail"; }
};

/// Writes a mail where a mail server is missing. A second attempt writes the same file.
void write_mail(const std::filesystem::path& outbox, const Mail& mail, const errand::JobId& id) {
    const auto file = outbox / (errand::to_string(id) + ".eml");
    const std::filesystem::path part = file.string() + ".part";
    std::ofstream out{part};
    out << "To: " << mail.to << "\nSubject: " << mail.subject << "\n\n" << mail.text << "\n";
    out.close();
    if (!out) throw std::runtime_error{"cannot write " + part.string()};
    std::filesystem::rename(part, file);
}

void handle_mail(errand::Worker& worker, const Setup& setup) {
    if (!setup.smtp_server.empty()) {
        errand::EmailOptions options;
        options.server = setup.smtp_server;
        options.from = "Shop <shop@example.org>";
        worker.handle(errand::email_job_type, errand::email_handler(options));
        return;
    }
    std::filesystem::create_directories(setup.outbox());
    worker.handle<Mail>([outbox = setup.outbox()](const Mail& mail, errand::Context& job) {
        write_mail(outbox, mail, job.id());
    });
}

/// Another process of this program signs somebody up and is killed before the commit.
bool dies_before_commit(const Setup& setup, const std::string& address) {
    const auto child = ::fork();
    if (child == 0) {
        ::execl("/proc/self/exe", "errand-signup", setup.file.c_str(), address.c_str(), "die",
                nullptr);
        ::_exit(127);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return child > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/// The job of the mail, when it worked.
std::optional<errand::JobId> try_to_sign_up(Users& users, const std::string& address,
                                            const Rest& rest) {
    try {
        const auto id = sign_up(users, address, rest);
        std::cout << address << " signed up\n";
        return id;
    } catch (const std::exception& error) {
        std::cout << address << " did not: " << error.what() << "\n";
        return {};
    }
}

/// How many mails are out.
std::int64_t sent(const errand::Client& client, const Setup& setup) {
    if (setup.smtp_server.empty()) {
        return std::distance(std::filesystem::directory_iterator{setup.outbox()}, {});
    }
    const errand::JobFilter mails{.states = {errand::JobState::completed},
                                  .type = std::string{errand::email_job_type}};
    return static_cast<std::int64_t>(client.list(mails, 1'000).jobs.size());
}

bool run(const Setup& setup) {
    const auto store = errand::open_store("sqlite:" + setup.file);  // makes Errand's tables
    const errand::Client client{store};
    Users users{setup.file};

    if (!dies_before_commit(setup, "edsger@example.org")) return false;
    std::cout << "edsger@example.org did not: the process was killed before the commit\n";

    errand::Worker worker{store};
    handle_mail(worker, setup);
    worker.start();
    const auto nothing_else = [] {};
    std::vector<errand::JobId> mails;
    for (const auto* address : {"ada@example.org", "grace@example.org", "ada@example.org"}) {
        if (const auto id = try_to_sign_up(users, address, nothing_else)) {
            store->wake(errand::WakeChannel::work);  // else the worker notices within a second
            mails.push_back(*id);
        }
    }
    const auto fail = [] { throw std::runtime_error{"the invitation was withdrawn"}; };
    const bool failed = !try_to_sign_up(users, "alan@example.org", fail);
    for (const auto& id : mails) {
        const auto mail = client.wait(id, 1min);
        if (!mail || mail->state != errand::JobState::completed) return false;
    }
    worker.stop();

    const auto jobs = client.list({.type = std::string{errand::email_job_type}}, 1'000).jobs.size();
    std::cout << users.count() << " users, " << jobs << " jobs, " << sent(client, setup)
              << " mails\n";
    return failed && users.has("ada@example.org") && users.has("grace@example.org") &&
           !users.has("alan@example.org") && !users.has("edsger@example.org") &&
           users.count() == static_cast<std::int64_t>(jobs) && users.count() == sent(client, setup);
}

[[noreturn]] void sign_up_and_die(const std::string& file, const std::string& address) {
    Users users{file};
    (void)sign_up(users, address, [] { (void)std::raise(SIGKILL); });
    std::abort();
}

std::string file_of(std::string_view url) {
    constexpr std::string_view scheme = "sqlite:";
    if (!url.starts_with(scheme)) {
        throw std::runtime_error{std::string{url} + " is not sqlite:FILE; the users need a file"};
    }
    return std::string{url.substr(scheme.size())};
}

}  // namespace

int main(int count, char** words) {
    try {
        if (count > 3 && std::string_view{words[3]} == "die") sign_up_and_die(words[1], words[2]);
        const example::Folder scratch;
        const Setup setup{count > 1 ? file_of(words[1]) : (scratch.path() / "app.db").string(),
                          count > 2 ? words[2] : ""};
        const bool agree = run(setup);
        std::cout << (agree ? "a mail for each user\n" : "USERS AND MAILS DIFFER\n");
        return agree ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "signup: " << error.what() << '\n';
        return 1;
    }
}
