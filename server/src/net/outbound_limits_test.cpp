// What bounds the outbound client: sizes, times, numbers.
#include "net/outbound_fixture_test.h"

namespace antiphon {
namespace {

using namespace std::chrono_literals;

// A zlib stream (RFC 1950) of `runs` * 258 + 1 zeros: the fixed Huffman codes say "258 bytes more"
// in 13 bits, about 1:160.
std::string make_bomb(std::uint32_t runs) {
  std::string bytes = "\x78\x01";
  unsigned buffer = 0;
  unsigned filled = 0;
  const auto put = [&](unsigned bits, int count) {
    for (int i = 0; i < count; ++i) {
      buffer |= ((bits >> i) & 1U) << filled;
      if (++filled < 8) continue;
      bytes.push_back(static_cast<char>(buffer));
      buffer = filled = 0;
    }
  };
  put(0b011, 3);       // the last block, fixed codes
  put(0b00001100, 8);  // literal 0: code 00110000, first bit first
  for (std::uint32_t i = 0; i < runs; ++i)
    put(0b00000'10100011, 13);  // length 258: code 11000101; distance 1: code 00000
  put(0, 7);                    // the end
  while (filled != 0)
    put(0, 1);
  const std::uint32_t adler = ((runs * 258 + 1) % 65521) << 16 | 1;
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<char>(adler >> shift));
  return bytes;
}

TEST_F(OutboundClientTest, CapsHeadAndBody) {
  std::size_t head = 0;
  std::size_t body = 0;
  serve(respond_with([&](Request) -> Task<Response> {
    Response response;
    response.headers.add("X-Long", std::string(head, 'x'));
    response.body = std::string(body, 'x');
    co_return response;
  }));
  OutboundClient small(loop_.get_executor(), clock_, resolver_,
                       {.head_bytes_max = 1000, .body_bytes_max = 1000});
  const auto ask = [&] { return run(loop_, small.send({.url = url("/")}, listed())); };
  body = 1000;
  EXPECT_TRUE(ask());
  body = 1001;
  expect_refused(ask(), ErrorCode::too_large, "the answer's body is over the limit");
  head = 1000;
  expect_refused(ask(), ErrorCode::too_large, "the answer's header is over the limit");
}

TEST_F(OutboundClientTest, ACompressionBombEndsAtTheCapOfDecodedBytes) {
  const std::string bomb = make_bomb(40'000);
  serve(respond_with([&](Request) -> Task<Response> {
    Response response;
    response.headers.add("Content-Encoding", "deflate");
    response.body = bomb;
    co_return response;
  }));
  OutboundClient small(loop_.get_executor(), clock_, resolver_, {.body_bytes_max = 100'000});
  expect_refused(run(loop_, small.send({.url = url("/")}, listed())), ErrorCode::too_large,
                 "the answer's body is over the limit");
  const auto whole = get("/");
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->body.size(), 40'000u * 258 + 1);
}

TEST_F(OutboundClientTest, StreamsAnAnswerAndHoldsBackAPeerThatNobodyReads) {
  std::size_t written = 0;
  serve([&written](Request, ResponseWriter& writer) -> Task<> {
    static_cast<void>(co_await writer.start(200, {}));
    for (; written < 400; ++written) {
      if (!co_await writer.write(std::string(64 * 1024, 'x'))) co_return;
    }
  });
  OutboundClient large(loop_.get_executor(), clock_, resolver_,
                       {.body_bytes_max = 64 * 1024 * 1024});
  auto stream = run(loop_, large.open({.url = url("/")}, listed()));
  ASSERT_TRUE(stream) << stream.error().message;
  settle();
  EXPECT_LT(written, 400u);
  std::size_t total = 0;
  while (true) {
    const auto part = run(loop_, stream->read());
    ASSERT_TRUE(part) << part.error().message;
    if (part->empty()) break;
    total += part->size();
  }
  EXPECT_EQ(total, 400u * 64 * 1024);
}

TEST_F(OutboundClientTest, ReadsEvents) {
  serve([](Request, ResponseWriter& writer) -> Task<> {
    static_cast<void>(co_await start_event_stream(writer));
    std::string event;
    append_sse_event(event, "turn", "one", "1");
    append_sse_event(event, "turn", "two", "2");
    static_cast<void>(co_await writer.write(event));
  });
  auto events = run(loop_, client_.open_events({.url = url("/")}, listed()));
  ASSERT_TRUE(events) << events.error().message;
  ASSERT_TRUE(events->is_stream());
  EXPECT_EQ(run(loop_, events->next())->data, "one");
  EXPECT_EQ(run(loop_, events->next())->data, "two");
  EXPECT_EQ(run(loop_, events->next()).error().code, ErrorCode::closed);
}

TEST_F(OutboundClientTest, LettingGoOfAStreamEndsItAtThePeer) {
  bool gone = false;
  serve([&gone](Request, ResponseWriter& writer) -> Task<> {
    static_cast<void>(co_await start_event_stream(writer));
    while (co_await writer.write(kSseHeartbeat)) {
    }
    gone = true;
  });
  {
    auto stream = run(loop_, client_.open({.url = url("/")}, listed()));
    ASSERT_TRUE(stream);
    ASSERT_TRUE(run(loop_, stream->read()));
  }
  while (!gone)
    loop_.run_one();
  EXPECT_TRUE(gone);
}

TEST_F(OutboundClientTest, GivesUpAtItsDeadlines) {
  serve([this](Request request, ResponseWriter& writer) -> Task<> {
    if (request.target == "/silent") {
      static_cast<void>(co_await clock_.sleep_for(1h));
      co_return;
    }
    static_cast<void>(co_await start_event_stream(writer));
    static_cast<void>(co_await clock_.sleep_for(1h));
  });
  std::optional<Result<Response>> outcome;
  TaskGroup group(loop_.get_executor());
  group.spawn(detail::store_result(client_.send({.url = url("/silent")}, listed()), outcome));
  while (server_->connection_count() == 0)
    loop_.run_one();
  advance(19s);
  EXPECT_FALSE(outcome);
  advance(2s);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(name_of(outcome->error().code), "timeout");

  auto stream = run(loop_, client_.open({.url = url("/events")}, listed()));
  ASSERT_TRUE(stream) << stream.error().message;
  std::optional<Result<std::string>> part;
  group.spawn(detail::store_result(stream->read(), part));
  settle();
  advance(61s);
  ASSERT_TRUE(part);
  EXPECT_EQ(name_of(part->error().code), "timeout");
}

TEST_F(OutboundClientTest, RefusesMoreRequestsAtTheSameTimeThanItMay) {
  serve([](Request, ResponseWriter& writer) -> Task<> {
    static_cast<void>(co_await start_event_stream(writer));
    while (co_await writer.write(kSseHeartbeat)) {
    }
  });
  OutboundClient one(loop_.get_executor(), clock_, resolver_, {.requests_max = 1});
  auto first = run(loop_, one.open({.url = url("/")}, listed()));
  ASSERT_TRUE(first);
  EXPECT_EQ(run(loop_, one.open({.url = url("/")}, listed())).error().code,
            ErrorCode::resource_exhausted);
  {
    const auto gone = std::move(*first);
  }
  EXPECT_TRUE(run(loop_, one.open({.url = url("/")}, listed())));
}

}  // namespace
}  // namespace antiphon
