#include "simulation/time/agenda.hpp"

namespace errand::sim {

void Agenda::put(std::size_t place, const Entry& entry) {
    heap_[place] = entry;
    entry.who->place_ = place;
}

void Agenda::rise(std::size_t place, const Entry& entry) {
    while (place > 0) {
        const std::size_t parent = (place - 1) / 2;
        if (!before(entry, heap_[parent])) break;
        put(place, heap_[parent]);
        place = parent;
    }
    put(place, entry);
}

void Agenda::sink(std::size_t place, const Entry& entry) {
    while (true) {
        std::size_t child = 2 * place + 1;
        if (child >= heap_.size()) break;
        if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
        if (!before(heap_[child], entry)) break;
        put(place, heap_[child]);
        place = child;
    }
    put(place, entry);
}

void Agenda::set(Appointment& who, Timestamp at, std::uint64_t tie) {
    const Entry entry{at, tie, &who};
    if (!who.is_set()) {
        heap_.push_back(entry);
        return rise(heap_.size() - 1, entry);
    }
    const std::size_t place = who.place_;
    if (before(entry, heap_[place])) {
        rise(place, entry);
    } else {
        sink(place, entry);
    }
}

void Agenda::remove(Appointment& who) {
    if (!who.is_set()) return;
    const std::size_t place = who.place_;
    who.place_ = Appointment::nowhere;
    const Entry last = heap_.back();
    heap_.pop_back();
    if (place == heap_.size()) return;
    heap_[place] = last;  // for the comparisons below
    last.who->place_ = place;
    if (place > 0 && before(last, heap_[(place - 1) / 2])) {
        rise(place, last);
    } else {
        sink(place, last);
    }
}

}  // namespace errand::sim
