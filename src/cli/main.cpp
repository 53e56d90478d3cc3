#include "cli/program.hpp"

int main(int argc, char** argv) {
    return errand::cli::run_program(argc, argv);
}
