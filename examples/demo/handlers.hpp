#pragma once

// The demo's handlers, one function per type of job. Each reads its argument from standard input
// and reports on standard output; it throws Discard to give up and any other exception to fail.

namespace demo {

void parse_document();     ///< docs.parse: {"path", "out"}
void vectorise();          ///< docs.vectorise: {"chunks", "index", "pace" optional}
void search_documents();   ///< docs.search: {"index", "query", "top"}
void send_notification();  ///< notify.email: {"to", "subject", "body"}; the server is DEMO_SMTP
void fail_twice();         ///< demo.flaky: no arguments
void be_impossible();      ///< demo.impossible: {"to"}

/// Prints what docs.search found, read as JSON from standard input, for people.
void print_answers();

}  // namespace demo
