#include "providers/openai/openai_fixture_test.h"
#include "providers/openai/openai_recognizer.h"
#include "providers/openai/openai_synthesizer.h"
#include "testing/synthesizer_contract.h"

#include <algorithm>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

// `count` samples of a square wave, as a provider sends them.
std::string raw_sound(std::size_t count) {
  std::string bytes;
  for (std::size_t at = 0; at < count; ++at) {
    const auto sample = static_cast<std::uint16_t>(at / 60 % 2 == 0 ? 8'000 : -8'000);
    bytes += static_cast<char>(sample & 0xFF);
    bytes += static_cast<char>(sample >> 8);
  }
  return bytes;
}

std::vector<Sample> speech(std::chrono::milliseconds duration) {
  std::vector<Sample> sound(static_cast<std::size_t>(duration.count()) * 16);
  for (std::size_t at = 0; at < sound.size(); ++at)
    sound[at] = at / 40 % 2 == 0 ? Sample{8'000} : Sample{-8'000};
  return sound;
}

class OpenAiSynthesizerTest : public OpenAiTest {
 protected:
  static Task<Result<std::vector<SynthesizedChunk>>> read(SynthesisStream& stream) {
    std::vector<SynthesizedChunk> chunks;
    while (true) {
      auto chunk = co_await stream.next();
      if (!chunk) co_return std::unexpected(std::move(chunk.error()));
      if (!*chunk) co_return chunks;
      chunks.push_back(std::move(**chunk));
    }
  }
  SynthesisRequest request(std::string text = "We open at nine.") {
    return {std::move(text), "alloy", 1.0, VoiceProvider::openai, account()};
  }
  Result<std::vector<SynthesizedChunk>> say(SynthesisRequest wanted) {
    OpenAiSynthesizer voice(parts());
    const auto stream = voice.synthesize(std::move(wanted));
    return run(loop_, read(*stream));
  }
};

TEST_F(OpenAiSynthesizerTest, GivesTheSoundAtTheEnginesRateAsItComes) {
  const std::string sound = raw_sound(24'000);
  // A sample may come in two halves.
  serve(answer_with("audio/pcm", {sound.substr(0, 4'801), sound.substr(4'801)}));
  const auto chunks = say(request());
  ASSERT_TRUE(chunks) << chunks.error().message;
  std::size_t samples = 0;
  Sample loudest = 0;
  for (const SynthesizedChunk& chunk : *chunks) {
    samples += chunk.samples.size();
    for (const Sample sample : chunk.samples)
      loudest = std::max(loudest, sample);
  }
  EXPECT_NEAR(static_cast<double>(samples), 16'000, 160);
  EXPECT_GT(loudest, 6'000);
  EXPECT_LT(loudest, 12'000);
  EXPECT_EQ(broken_promise("We open at nine.", *chunks, WordTimes::absent), "");
  EXPECT_EQ(last_.path(), "/v1/audio/speech");
  EXPECT_EQ(last_.body, R"({"model":"test-model","voice":"alloy","input":"We open at nine.",)"
                        R"("response_format":"pcm"})");
}

TEST_F(OpenAiSynthesizerTest, ExplainsWhatIsWrong) {
  serve(refuse_with(401, {}, ""));
  const auto refused = say(request());
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().message.starts_with("the provider refused the key"));
  stop();
  parts_.reset();
  serve(answer_with("audio/wav", {"RIFF....WAVE"}));
  EXPECT_EQ(say(request()).error().code, ErrorCode::protocol_error);
  stop();
  parts_.reset();
  serve(answer_with("text/html", {"<html>"}));
  EXPECT_EQ(say(request()).error().code, ErrorCode::protocol_error);
  stop();
  parts_.reset();
  serve(answer_with("audio/pcm", {}));
  EXPECT_EQ(say(request()).error().message, "the provider's voice said nothing");
  EXPECT_EQ(say(request(std::string(1'001, 'x'))).error().code, ErrorCode::invalid_argument);
}

TEST_F(OpenAiSynthesizerTest, GivesUpOnAVoiceThatStallsAndOneThatHangs) {
  serve(answer_with("audio/pcm", {raw_sound(2'400)}, [this] { return wait_for_ever(); }));
  OpenAiSynthesizer voice(parts());
  const auto stalling = voice.synthesize(request());
  ASSERT_TRUE(run(loop_, stalling->next()));
  const auto late = run_late(stalling->next(), [] { return true; }, 3s);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::timeout);
  run_until([this] { return left_ == 1; });
}

class OpenAiRecognizerTest : public OpenAiTest {
 protected:
  std::unique_ptr<RecognitionStream> open(std::string model = "whisper-1") {
    recognizer_.emplace(parts());
    ProviderAccount wanted = account();
    wanted.model = std::move(model);
    return recognizer_->open({"en-US", RecognizerProvider::openai, std::move(wanted)});
  }
  HttpHandler hear(std::string text) {
    return refuse_with(200, {{"Content-Type", "application/json"}}, R"({"text":")" + text + "\"}");
  }
  Result<RecognitionEvent> next(RecognitionStream& stream) { return run(loop_, stream.next()); }

  std::optional<OpenAiRecognizer> recognizer_;
};

TEST_F(OpenAiRecognizerTest, UploadsTheUtteranceAndGivesItsText) {
  serve(hear(" Are you open? "));
  const auto stream = open();
  stream->begin(7, speech(200ms));
  stream->push(speech(300ms));
  stream->finish();
  const auto event = next(*stream);
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->kind, RecognitionEvent::Kind::final);
  EXPECT_EQ(event->utterance, 7u);
  EXPECT_EQ(event->text, "Are you open?");
  EXPECT_EQ(event->audio_end, 500ms);
  EXPECT_EQ(last_.path(), "/v1/audio/transcriptions");
  EXPECT_TRUE(last_.body.contains("name=\"model\"\r\n\r\nwhisper-1\r\n"));
  EXPECT_TRUE(last_.body.contains("name=\"language\"\r\n\r\nen\r\n"));
  EXPECT_FALSE(last_.body.contains("name=\"stream\""));
  const auto wav = last_.body.find("RIFF");
  ASSERT_NE(wav, std::string::npos);
  EXPECT_GT(last_.body.size() - wav, 44 + 500u * 32);
}

TEST_F(OpenAiRecognizerTest, GivesPartialsWhereTheServerStreamsThem) {
  serve(answer_with("text/event-stream",
                    {"data: {\"type\":\"transcript.text.delta\",\"delta\":\"Are \"}\n\n",
                     "data: {\"type\":\"transcript.text.delta\",\"delta\":\"you open?\"}\n\n",
                     "data: {\"type\":\"transcript.text.done\",\"text\":\"Are you open?\"}\n\n"}));
  const auto stream = open("gpt-4o-mini-transcribe");
  stream->begin(1, speech(500ms));
  stream->finish();
  std::vector<std::string> texts;
  while (true) {
    const auto event = next(*stream);
    ASSERT_TRUE(event) << event.error().message;
    texts.push_back(event->text);
    if (event->kind == RecognitionEvent::Kind::final) break;
  }
  EXPECT_EQ(texts, (std::vector<std::string>{"Are ", "Are you open?", "Are you open?"}));
  EXPECT_TRUE(last_.body.contains("name=\"stream\"\r\n\r\ntrue\r\n"));
}

TEST_F(OpenAiRecognizerTest, AsksNobodyAboutSilence) {
  serve(hear("made up"));
  const auto stream = open();
  stream->begin(1, std::vector<Sample>(16'000, Sample{0}));
  stream->finish();
  const auto event = next(*stream);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->text, "");
  EXPECT_EQ(requests_, 0);
}

TEST_F(OpenAiRecognizerTest, CoversAllOfAnUtteranceThatGoesOn) {
  serve(hear("Are you open on Saturday?"));
  const auto stream = open();
  stream->begin(1, speech(500ms));
  stream->finish();
  stream->begin(1, speech(500ms));
  stream->finish();
  const auto event = next(*stream);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->audio_end, 1s);
  // The first upload was called off: no second final comes.
  stream->begin(2, speech(500ms));
  stream->finish();
  EXPECT_EQ(next(*stream)->utterance, 2u);
}

TEST_F(OpenAiRecognizerTest, UploadsLongSpeechInPieces) {
  serve(hear("piece"));
  const auto stream = open();
  stream->begin(1, {});
  for (int second = 0; second < 30; ++second)
    stream->push(speech(1s));
  // Somebody has to wait for the piece to be asked for.
  std::optional<Result<RecognitionEvent>> event;
  TaskGroup group(loop_.get_executor());
  group.spawn(detail::store_result(stream->next(), event));
  run_until([this] { return requests_ == 1; });
  for (int turn = 0; turn < 200; ++turn)
    settle();
  stream->push(speech(1s));
  stream->finish();
  run_until([&] { return event.has_value(); });
  ASSERT_TRUE(*event) << event->error().message;
  EXPECT_EQ((*event)->text, "piece piece");
  EXPECT_EQ((*event)->audio_end, 31s);
  EXPECT_LT(last_.body.size(), 40'000u);
}

TEST_F(OpenAiRecognizerTest, SurvivesARefusal) {
  serve(refuse_with(500, {}, "oops"));
  const auto stream = open();
  stream->begin(1, speech(500ms));
  stream->finish();
  const auto refused = next(*stream);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  stream->begin(2, std::vector<Sample>(8'000, Sample{0}));
  stream->finish();
  EXPECT_TRUE(next(*stream));
}

TEST_F(OpenAiRecognizerTest, GivesUpOnAServerThatHangs) {
  serve(hang());
  const auto stream = open();
  stream->begin(1, speech(500ms));
  stream->finish();
  const auto late = run_late(stream->next(), [this] { return requests_ == 1; }, 3s);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::timeout);
}

}  // namespace
}  // namespace antiphon
