#include "services/rpc/process/status_pages.h"

#include "services/rpc/process/metrics.h"
#include "tests/unit/rpc/server_fixture.h"

namespace seisaku::rpc {
namespace {

using testing::StartsWith;

class StatusPagesTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<StatusPages>> Start(const std::string& listen) {
    return StatusPages::Start(
        listen, {.metrics = [this] { return metrics_.Page(); }, .ready = [this] { return ready_; }});
  }
  std::string Get(const std::string& path) { return HttpGet(pages_->address(), path); }

  Metrics metrics_;
  absl::Status ready_;
  std::unique_ptr<StatusPages> pages_ = *Start("127.0.0.1:0");
};

TEST_F(StatusPagesTest, SayWhetherTheProcessLivesAndServes) {
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Get("/readyz"), StartsWith("HTTP/1.1 200"));
  ready_ = errors::StorageUnavailable("away");
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Get("/readyz"), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(Get("/readyz"), HasSubstr("not ready: STORAGE_UNAVAILABLE\n"));
  EXPECT_THAT(Get("/"), HasSubstr(" 404 Not Found\r\n"));
  EXPECT_THAT(Get("/metrics/x"), HasSubstr(" 404 Not Found\r\n"));
}

TEST_F(StatusPagesTest, ShowWhatSourcesSayAsLongAsTheyAreSubscribed) {
  auto subscription = metrics_.Subscribe([](Samples& samples) {
    samples.Gauge("seisaku_test", "Of the test.", 17, {{"kind", "a"}});
    samples.Gauge("seisaku_test", "Of the test.", 18, {{"kind", "b"}});
    Distribution sizes({1, 10});
    for (double size : {1, 2, 3, 30}) sizes.Add(size);
    samples.Histogram("seisaku_sizes", "Of the test.", sizes.Read());
    SampleProcess(samples);
  });
  const std::string page = Get("/metrics");
  EXPECT_THAT(page, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(page, HasSubstr("# HELP seisaku_test Of the test.\n# TYPE seisaku_test gauge\n"
                              "seisaku_test{kind=\"a\"} 17\nseisaku_test{kind=\"b\"} 18\n"));
  EXPECT_THAT(page, HasSubstr("seisaku_sizes_bucket{le=\"1\"} 1\nseisaku_sizes_bucket{le=\"10\"} 3\n"
                              "seisaku_sizes_bucket{le=\"+Inf\"} 4\n"));
  EXPECT_THAT(page, HasSubstr("seisaku_sizes_sum 36\n"));
  for (const char* name :
       {"process_cpu_seconds_total ", "process_resident_memory_bytes ", "process_open_fds ",
        "process_max_fds ", "process_start_time_seconds ", "seisaku_build_info{version="}) {
    EXPECT_THAT(page, HasSubstr(std::string("\n") + name));
  }
  subscription.reset();
  EXPECT_THAT(Get("/metrics"), testing::Not(HasSubstr("seisaku_test")));
}

TEST_F(StatusPagesTest, APortAloneIsOfThisHostOnly) {
  auto pages = *Start("0");
  EXPECT_THAT(pages->address(), testing::MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]+"));
  EXPECT_THAT(Start(pages_->address()), HasReason("CANNOT_LISTEN"));
  EXPECT_THAT(Start("nowhere"), HasReason("CANNOT_LISTEN"));
}

}  // namespace
}  // namespace seisaku::rpc
