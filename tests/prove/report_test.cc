// Goal: the table says what was measured, what was left out and why, what failed and by whom; and
// its columns stand below their names. Method: rows in, text out.

#include "prove/report.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>

#include "tests/loadtest/shown_text.h"

namespace {

using namespace std::chrono_literals;
using prove::Row;
using test::has;

Row measured() {
  Row row;
  row.storm = *prove::storm_by_name("passwords");
  row.engine = "io_uring";
  row.loops_count = "2";
  row.plain.answered = 5000;
  row.plain.p50 = 123us;
  row.plain.p99 = 1500us;
  row.plain.max = 12'345us;
  row.loops.turns = 100;
  row.lag = 0.00042;
  row.loops.descheduled_turns = 4;
  row.work = {{"hashes/s", 38.4}, {"MB/s", 4.25}};
  return row;
}

}  // namespace

TEST_CASE("a line has its figures below the names of the columns") {
  const std::string head = prove::table_head({}, measured());
  CHECK(has(head, "2 loops on io_uring"));
  CHECK(has(head, "5 s"));
  CHECK(has(head, "1000 plain GETs a second"));
  const std::string names = head.substr(head.rfind('\n', head.size() - 2) + 1);
  const std::string line = prove::table_line(measured());
  CHECK(line.find("0.12 ms") + 7 == names.find("p50") + 3);
  CHECK(line.find("1.50 ms") + 7 == names.find("p99") + 3);
  CHECK(line.find("12.3 ms") + 7 == names.find("max") + 3);
  CHECK(line.find("0.42 ms") + 7 == names.find("lag") + 3);
  CHECK(line.find(" 0 ") + 2 == names.find("blocked") + 7);
  CHECK(line.find(" 4 ") + 2 == names.find("descheduled") + 11);
  CHECK(line.find("38 hashes/s, 4.2 MB/s\n") == names.find("meanwhile"));
}

TEST_CASE("what is not exactly known, was left out or failed is said") {
  Row row = measured();
  row.lag_is_bound = true;
  CHECK(has(prove::table_line(row), "<0.42 ms"));
  row.lag = std::numeric_limits<double>::infinity();
  CHECK(has(prove::table_line(row), "<more"));
  row.without = "without a root that hangs: no FUSE";
  CHECK(has(prove::table_line(row), "(without a root that hangs: no FUSE)\n"));
  row.failures = {"a loop waited"};
  CHECK(has(prove::table_line(row), "FAILED"));
  Row left_out;
  left_out.storm = *prove::storm_by_name("hang");
  left_out.left_out = "cannot open /dev/fuse";
  CHECK(prove::table_line(left_out).ends_with("left out: cannot open /dev/fuse\n"));
  Row dead;
  dead.failures = {"the server is gone"};
  CHECK(prove::table_line(dead).ends_with("FAILED\n"));
}

TEST_CASE("what was left out proves nothing and refutes nothing; one failure refutes all") {
  Row left_out;
  left_out.left_out = "no FUSE";
  CHECK(prove::proved({measured(), left_out}));
  CHECK(has(prove::verdict_text({measured(), left_out}), "Proved"));
  Row dead;
  dead.storm = *prove::storm_by_name("all");
  dead.failures = {"the server is gone: it ended with exit code 1"};
  dead.said = "one\nouro: no memory\n";
  CHECK(!prove::proved({measured(), dead}));
  const std::string text = prove::verdict_text({measured(), dead});
  CHECK(has(text, "all at once: the server is gone: it ended with exit code 1\n"));
  CHECK(has(text, "| ouro: no memory\n"));
  CHECK(text.find("Proved") == std::string::npos);
}

TEST_CASE("of a server that says much, the end is shown") {
  Row dead;
  dead.failures = {"the server is gone"};
  for (int i = 0; i < 100; ++i) dead.said += "line " + std::to_string(i) + "\n";
  const std::string text = prove::verdict_text({dead});
  CHECK(has(text, "| line 99\n"));
  CHECK(text.find("| line 50\n") == std::string::npos);
}
