// The processes of a campaign (campaign.py), each writing a history for the oracle:
//
//   errand-campaign-process work  STORE_URL HISTORY NODE INCARNATION LEASE
//   errand-campaign-process drive STORE_URL HISTORY NODE INCARNATION SEED COUNT
//   errand-campaign-process await STORE_URL HISTORY NODE INCARNATION TIMEOUT
//   errand-campaign-process audit STORE_URL HISTORY NODE INCARNATION
//   errand-campaign-process failpoints            their names, with what each can do

#include "system/campaign/roles.hpp"

#include "base/failpoint_places.hpp"

#include <iostream>
#include <string>
#include <vector>

namespace {

void print_failpoints() {
    for (const auto& place : errand::base::failpoint_places) {
        std::cout << place.name << (place.may_throw ? " kill error hang\n" : " kill hang\n");
    }
}

bool run(const std::vector<std::string>& args) {
    if (args.size() == 1 && args[0] == "failpoints") {
        print_failpoints();
        return true;
    }
    if (args.size() < 5) return false;
    const errand::campaign::History history{args[2], {args[3], std::stoull(args[4])}};
    const auto store = errand::open_store(args[1]);
    if (args[0] == "work" && args.size() == 6) {
        errand::campaign::work(store, history, errand::parse_duration(args[5]));
    } else if (args[0] == "drive" && args.size() == 7) {
        errand::campaign::drive(store, history, std::stoull(args[5]), std::stoull(args[6]));
    } else if (args[0] == "await" && args.size() == 6) {
        errand::campaign::await_end(store, history, errand::parse_duration(args[5]));
    } else if (args[0] == "audit" && args.size() == 5) {
        errand::campaign::audit(store, history);
    } else {
        return false;
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (run({argv + 1, argv + argc})) return 0;
        std::cerr << "the first lines of tests/system/campaign/main.cpp say how to call it\n";
        return 2;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
