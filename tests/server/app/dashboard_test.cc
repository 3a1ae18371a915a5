// Goal: the dashboard that is shipped asks for nothing that /metrics does not have: no name, no
// label, no value of a label. Method: its queries, taken apart, against the metrics of a running
// server with everything that has metrics; the taking apart itself by table.

#include "tests/server/app/dashboard.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/unique_fd.h"
#include "tests/server/app/basic_credentials.h"
#include "tests/server/app/cgroup_files.h"
#include "tests/server/app/promql.h"
#include "tests/server/app/provocation.h"
#include "tests/server/app/test_client.h"

namespace {

// What each metric has: its labels, and their values.
using Labels = std::map<std::string, std::set<std::string>>;
using Metrics = std::map<std::string, Labels>;

// Which server it was is Prometheus's to add.
const Labels kOfPrometheus{{"instance", {}}, {"job", {}}};

std::string content_of(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

Metrics metrics_of(const test::Samples& samples) {
  Metrics metrics;
  for (const auto& [series, value] : samples) {
    // A series is an expression, too.
    const auto names = test::names_of(series);
    REQUIRE(names.problem == "");
    REQUIRE(names.selectors.size() == 1);
    Labels& labels = metrics[names.selectors[0].metric];
    labels.insert(kOfPrometheus.begin(), kOfPrometheus.end());
    for (const auto& matcher : names.selectors[0].matchers) {
      labels[matcher.label].insert(matcher.value);
    }
  }
  return metrics;
}

// Has TLS, passwords, logs and a quota, and has answered with what is counted only when it happens.
Metrics metrics_of_a_busy_server() {
  const test::TemporaryDirectory directory;
  const core::UniqueFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  config::Config config;
  config.listen.resize(2);
  config.listen[1].tls = config::ListenTls::kSelfSigned;
  config::Route vault;
  vault.action = config::Respond{200, "vault", "text/plain"};
  vault.filters.basic_auth = config::BasicAuth{};
  vault.filters.basic_auth->users_file.path =
      directory.write("users", test::user_line("anna", "secret"));
  config::Route broken;
  broken.path = {"/broken"};
  broken.action = config::Respond{503, "", ""};
  config.sites.push_back({{"vault.test"}, {broken, vault}});
  test::LiveOptions options;
  options.engine = test::engines().back();
  options.access_log_fd = options.error_log_fd = nowhere.get();
  const test::CgroupFiles cgroup;
  cgroup.set_v2("", "150000 100000");
  options.cpu_quota_root = cgroup.root();
  const test::ProvokedServer server(options, std::move(config));
  test::TestClient client(server.port());
  for (const char* target : {"http://vault.test/broken", "/small", "/missing"}) {
    REQUIRE(client.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: vault.test\r\n\r\n"));
    REQUIRE(client.read_answer());
  }
  return metrics_of(server.until_moved({R"(ouro_requests_total{loop="0"})"}, [] {}));
}

// {{loop}}
std::vector<std::string> labels_in(std::string_view legend) {
  std::vector<std::string> labels;
  for (std::size_t begin = 0; (begin = legend.find("{{", begin)) != std::string_view::npos;) {
    const std::size_t end = legend.find("}}", begin);
    REQUIRE(end != std::string_view::npos);
    labels.emplace_back(legend.substr(begin + 2, end - begin - 2));
    begin = end;
  }
  return labels;
}

// One after the other.
class Complaints {
 public:
  void add(const std::string& complaint) { text_ += (text_.empty() ? "" : "; ") + complaint; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void check_selector(const test::MetricSelector& selector, const Metrics& metrics,
                    Complaints& complaints) {
  const auto metric = metrics.find(selector.metric);
  if (metric == metrics.end()) {
    complaints.add("no metric " + selector.metric);
    return;
  }
  for (const test::LabelMatcher& matcher : selector.matchers) {
    const auto label = metric->second.find(matcher.label);
    if (label == metric->second.end()) {
      complaints.add("no label " + matcher.label + " of " + selector.metric);
    } else if (matcher.comparison == "=" && !kOfPrometheus.contains(matcher.label) &&
               !label->second.contains(matcher.value)) {
      complaints.add("no " + matcher.label + " " + matcher.value + " of " + selector.metric);
    }
  }
}

std::string complaints_about(const test::DashboardQuery& query, const Metrics& metrics) {
  const test::PromqlNames names = test::names_of(query.expression);
  if (!names.problem.empty()) return names.problem;
  Complaints complaints;
  if (names.selectors.empty()) complaints.add("no metric at all");
  Labels known;
  for (const test::MetricSelector& selector : names.selectors) {
    check_selector(selector, metrics, complaints);
    if (const auto metric = metrics.find(selector.metric); metric != metrics.end()) {
      known.insert(metric->second.begin(), metric->second.end());
    }
  }
  for (const std::string& label : names.grouped_by) {
    if (!known.contains(label)) complaints.add("no label " + label + " to group by");
  }
  // What is summed has no labels but those that it is grouped by.
  const bool is_summed = query.expression.find("sum") != std::string::npos ||
                         query.expression.find("count") != std::string::npos;
  for (const std::string& label : labels_in(query.legend)) {
    const auto& groups = names.grouped_by;
    const bool is_known = is_summed ? std::find(groups.begin(), groups.end(), label) != groups.end()
                                    : known.contains(label);
    if (!is_known) complaints.add("no label " + label + " for the legend");
  }
  return complaints.text();
}

}  // namespace

TEST_CASE("the dashboard asks for what there is") {
  const test::Dashboard dashboard = test::read_dashboard(content_of(OURO_DASHBOARD));
  CHECK(dashboard.problems == std::vector<std::string>{});
  CHECK(dashboard.rows ==
        std::vector<std::string>{"Overview", "Loops", "Lanes", "Passwords", "TLS", "Logs"});
  CHECK(dashboard.queries.size() > 40);
  const Metrics metrics = metrics_of_a_busy_server();
  for (const test::DashboardQuery& query : dashboard.queries) {
    CAPTURE(query.where);
    CAPTURE(query.expression);
    CHECK(complaints_about(query, metrics) == "");
  }
}

TEST_CASE("whoever asks for something else is found out") {
  struct Case {
    std::string expression;
    std::string legend;
    std::string complaints;
  };
  const Metrics metrics = metrics_of({{R"(a_total{loop="0",cause="busy"})", 1},
                                      {R"(b_seconds_bucket{lane="x",le="+Inf"})", 1},
                                      {"c", 1}});
  const std::vector<Case> cases = {
      {R"(sum by (cause) (rate(a_total{instance=~"$i", cause="busy"}[$__rate_interval])))",
       "{{cause}}", ""},
      {"histogram_quantile(0.99, sum by (lane, le) (rate(b_seconds_bucket[5m])))", "{{lane}}", ""},
      {"(c or vector(0)) / scalar(count(a_total)) * 1e9 > bool 0.5", "", ""},
      {"a_total", "{{loop}} {{cause}}", ""},
      {"time() - c{job!=\"x\"} offset 5m", "{{instance}}", ""},
      {"rate(d_total[5m])", "", "no metric d_total"},
      {"b_seconds_sum", "", "no metric b_seconds_sum"},
      {R"(a_total{reason="x"})", "", "no label reason of a_total"},
      {R"(a_total{cause="bsuy"})", "", "no cause bsuy of a_total"},
      {R"(a_total{cause=~"bsuy"})", "", ""},
      {"sum by (lane) (a_total)", "", "no label lane to group by"},
      {"sum by (loop) (a_total)", "{{cause}}", "no label cause for the legend"},
      {"sum(a_total)", "{{loop}}", "no label loop for the legend"},
      {"a_total", "{{lane}}", "no label lane for the legend"},
      {"vector(1)", "", "no metric at all"},
      {"a_total{loop}", "", "a matcher was expected before: }"},
      {"rate(a_total[5m", "", "a bracket was expected before: [5m"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.expression);
    CHECK(complaints_about({"", one.expression, one.legend}, metrics) == one.complaints);
  }
}

TEST_CASE("what Grafana would stumble over is found out") {
  const std::string source = R"("datasource": {"uid": "${datasource}"})";
  const std::string target = R"("targets": [{)" + source + R"(, "expr": "a"}])";
  const auto panel = [&](int id, int x, const std::string& rest) {
    return R"({"title": "P", "id": )" + std::to_string(id) + R"(, "gridPos": {"x": )" +
           std::to_string(x) + R"(, "y": 0, "w": 12, "h": 8}, )" + rest + "}";
  };
  struct Case {
    std::string panels;
    std::vector<std::string> problems;
  };
  const std::vector<Case> cases = {
      {panel(1, 0, source + "," + target) + "," + panel(2, 12, source + "," + target), {}},
      {panel(1, 0, source + "," + target) + "," + panel(1, 12, source + "," + target),
       {"P: its id is another's"}},
      {panel(1, 0, source + "," + target) + "," + panel(2, 11, source + "," + target),
       {"P: covers another"}},
      {panel(1, 13, source + "," + target), {"P: has no place"}},
      {panel(1, 0, target), {"P: its data source is not the variable"}},
      {panel(1, 0, source), {"P: it asks for nothing"}},
      {panel(1, 0, source + R"(, "targets": [{)" + source + "}]"),
       {"P: a query without an expression"}}};
  for (const Case& one : cases) {
    CAPTURE(one.panels);
    CHECK(test::read_dashboard("{\"panels\": [" + one.panels + "]}").problems == one.problems);
  }
  CHECK(test::read_dashboard("{").problems == std::vector<std::string>{"it is no JSON"});
}
