// Prints the life of a job as a Mermaid state diagram, drawn from the transition table.

#include "core/diagram.hpp"

#include <iostream>

int main() {
    std::cout << errand::core::mermaid_state_diagram();
}
