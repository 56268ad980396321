#include "core/metrics.h"

#include <gtest/gtest.h>

#include <thread>

namespace antiphon {
namespace {

TEST(Metrics, RendersThePrometheusTextFormat) {
  Metrics metrics;
  metrics.counter("http_refused_total", "Requests refused.", {{"reason", "too_large"}}).add(3);
  metrics.counter("http_refused_total", "Requests refused.", {{"reason", "busy"}}).add();
  metrics.gauge("session_active", "Sessions now.").set(2.5);
  auto& wait = metrics.histogram("wait_seconds", "Waits.", {0.1, 1}, {{"stage", "stt"}});
  wait.observe(0.05);
  wait.observe(0.1);
  wait.observe(0.5);
  wait.observe(7);
  EXPECT_EQ(metrics.render(),
            "# HELP http_refused_total Requests refused.\n"
            "# TYPE http_refused_total counter\n"
            "http_refused_total{reason=\"busy\"} 1\n"
            "http_refused_total{reason=\"too_large\"} 3\n"
            "# HELP session_active Sessions now.\n"
            "# TYPE session_active gauge\n"
            "session_active 2.5\n"
            "# HELP wait_seconds Waits.\n"
            "# TYPE wait_seconds histogram\n"
            "wait_seconds_bucket{stage=\"stt\",le=\"0.1\"} 2\n"
            "wait_seconds_bucket{stage=\"stt\",le=\"1\"} 3\n"
            "wait_seconds_bucket{stage=\"stt\",le=\"+Inf\"} 4\n"
            "wait_seconds_sum{stage=\"stt\"} 7.65\n"
            "wait_seconds_count{stage=\"stt\"} 4\n");
}

TEST(Metrics, EscapesLabelsAndHelp) {
  Metrics metrics;
  metrics.counter("odd_total", "One\nline \\ here.", {{"path", "a\"b\\c\nd"}}).add();
  EXPECT_EQ(metrics.render(),
            "# HELP odd_total One\\nline \\\\ here.\n"
            "# TYPE odd_total counter\n"
            "odd_total{path=\"a\\\"b\\\\c\\nd\"} 1\n");
}

TEST(Metrics, GivesTheSameSeriesForTheSameLabels) {
  Metrics metrics;
  auto& first = metrics.counter("a_total", "A.", {{"x", "1"}});
  auto& second = metrics.counter("a_total", "A.", {{"x", "1"}});
  EXPECT_EQ(&first, &second);
  EXPECT_NE(&first, &metrics.counter("a_total", "A.", {{"x", "2"}}));
}

TEST(Metrics, AThousandSeriesAreReachableAndOneMoreIsABug) {
  Metrics metrics;
  for (int index = 0; index < 1000; ++index) {
    metrics.counter("many_total", "Many.", {{"n", std::to_string(index)}}).add();
  }
  EXPECT_EQ(metrics.counter("many_total", "Many.", {{"n", "999"}}).value(), 1U);
  EXPECT_DEATH(static_cast<void>(metrics.counter("many_total", "Many.", {{"n", "1000"}})),
               "labels come from closed enums");
}

TEST(MetricsDeathTest, ANameHasOneKind) {
  Metrics metrics;
  static_cast<void>(metrics.counter("a", "A.", {{"x", "1"}}));
  EXPECT_DEATH(static_cast<void>(metrics.gauge("a", "A.", {{"x", "2"}})), "one kind");
}

TEST(Metrics, CountsFromManyThreadsWhileItIsRendered) {
  Metrics metrics;
  auto& counter = metrics.counter("a_total", "A.");
  auto& histogram = metrics.histogram("b_seconds", "B.", latency_bounds());
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int round = 0; round < 1000; ++round) {
        counter.add();
        histogram.observe(0.05);
      }
    });
  }
  for (int round = 0; round < 20; ++round)
    EXPECT_FALSE(metrics.render().empty());
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(counter.value(), 4000U);
  EXPECT_EQ(histogram.count(), 4000U);
}

}  // namespace
}  // namespace antiphon
