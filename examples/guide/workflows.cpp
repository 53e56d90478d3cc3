#include "guide/guide.hpp"

namespace guide {
namespace {

struct Clip {
    std::string file;
    int frames = 0;
};
BOOST_DESCRIBE_STRUCT(Clip, (), (file, frames))

struct Encode {
    static constexpr std::string_view job_type = "video.encode";
    std::string file;
};
BOOST_DESCRIBE_STRUCT(Encode, (), (file))
struct Thumbnails {
    static constexpr std::string_view job_type = "video.thumbnails";
};
BOOST_DESCRIBE_STRUCT(Thumbnails, (), ())
struct Subtitles {
    static constexpr std::string_view job_type = "video.subtitles";
};
BOOST_DESCRIBE_STRUCT(Subtitles, (), ())
struct Publish {
    static constexpr std::string_view job_type = "video.publish";
};
BOOST_DESCRIBE_STRUCT(Publish, (), ())
struct Report {
    static constexpr std::string_view job_type = "mail.report";
    std::string about;
};
BOOST_DESCRIBE_STRUCT(Report, (), (about))

struct Plan {
    static constexpr std::string_view job_type = "account.plan";
    std::string account;
};
BOOST_DESCRIBE_STRUCT(Plan, (), (account))
struct Erase {
    static constexpr std::string_view job_type = "account.erase";
    std::string table;
};
BOOST_DESCRIBE_STRUCT(Erase, (), (table))
struct Confirm {
    static constexpr std::string_view job_type = "account.confirm";
    std::string account;
};
BOOST_DESCRIBE_STRUCT(Confirm, (), (account))

std::vector<std::string> tables_of(const std::string& account) {
    return {account + ".orders", account + ".letters"};
}

void a_clip(const Store& store) {
    errand::Client client{store};
    errand::Worker worker{store, {.queues = {{"default", 2}, {"media", 1}}}};
    worker.handle<Encode>([](const Encode& args) { return Clip{args.file + ".mp4", 250}; });
    worker.handle<Publish>([](const Publish&, errand::Context& job) {
        const auto clip = job.parent_result<Clip>("encode");
        return clip.file;
    });
    worker.handle<Thumbnails>([](const Thumbnails&) {});
    worker.handle<Subtitles>([](const Subtitles&) { return errand::Outcome::discard("no sound"); });
    worker.handle<Report>([](const Report&) {});
    worker.start();

    errand::WorkflowBuilder flow{"clip 17"};
    const auto encode = flow.add("encode", Encode{"clip.mov"}, {.queue = "media"});
    const auto thumbnails = flow.add("thumbnails", Thumbnails{}).after(encode);
    const auto subtitles = flow.add("subtitles", Subtitles{}).after(encode);
    flow.add("publish", Publish{})
        .after({encode, thumbnails})
        .after(subtitles, errand::OnFailure::go_on);
    flow.on_complete(Report{"clip 17"});
    const auto id = client.submit(flow.build());

    const auto end = client.wait_workflow(id, std::chrono::minutes{10});
    expect(end && end->state == errand::WorkflowState::partial);
    expect(client.wait_for<std::string>(client.workflow_jobs(id).back().id,
                                        std::chrono::minutes{1}) == "clip.mov.mp4");
}

void a_growing_one(const Store& store) {
    errand::Client client{store};
    errand::Worker worker{store};
    worker.handle<Plan>([](const Plan& args, errand::Context& job) {
        errand::WorkflowBuilder more;
        const auto parts = more.map("erase", tables_of(args.account),
                                    [](const std::string& table) { return Erase{table}; });
        more.add("confirm", Confirm{args.account}).after(parts);
        job.add_to_workflow(more.build().jobs);
    });
    worker.handle<Erase>([](const Erase&) {});
    worker.handle<Confirm>([](const Confirm&) {});
    worker.start();

    errand::WorkflowBuilder flow;
    flow.add("plan", Plan{"ada"});
    const auto end = client.wait_workflow(client.submit(flow.build()), std::chrono::minutes{1});
    expect(end && end->state == errand::WorkflowState::completed && end->counts.completed == 4);
}

}  // namespace

void workflows(const Store& store) {
    a_clip(store);
    a_growing_one(store);
}

}  // namespace guide
