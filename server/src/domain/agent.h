// An agent: what a person configures, and what a conversation runs on.
//
// The configuration is one document: the API validates it, the database stores it as jsonb, an
// AgentVersion freezes it. Limits stand in the types; described for the JSON contract.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/ids.h"
#include "domain/provider.h"
#include "domain/turn.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

enum class AgentStatus : std::uint8_t { active, archived };
BOOST_DESCRIBE_ENUM(AgentStatus, active, archived)

// The voice the synthesizer speaks with. Speed 1 is the voice's own.
struct VoiceConfiguration {
  VoiceProvider provider = VoiceProvider::piper;
  Text<1, 64> name{"joe"};
  Number<500, 2'000> speed{1.0};
  Text<0, 128> model;
  Text<0, 512> base_url;
  Text<0, 63> secret;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {
      {"model", kModelNote}, {"base_url", kBaseUrlNote}, {"secret", kSecretNote}};
  bool operator==(const VoiceConfiguration&) const = default;
};
BOOST_DESCRIBE_STRUCT(VoiceConfiguration, (), (provider, name, speed, model, base_url, secret))

// When the agent takes the turn and when it gives it back. Defaults: FEATURES C2.
struct TurnConfiguration {
  TurnProfile profile = TurnProfile::balanced;
  Integer<100, 2'000> silence_min_ms{200};  // shortest pause that can end a turn
  // A pause this long ends it whatever was said. As long as silence_min_ms: silence alone decides.
  Integer<100, 5'000> silence_max_ms{1'500};
  Integer<40, 1'000> pause_after_ms{80};  // caller speech that pauses the agent
  Integer<60, 2'000> stop_after_ms{200};  // caller speech that stops it for good
  bool interruptible = true;
  // Begins to answer in a pause that is probably the end; nothing of it is heard before it is.
  bool speculative = true;
  // Words of agreement that do not interrupt, beside the known ones.
  List<Text<1, 64>, 50> backchannels;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  bool operator==(const TurnConfiguration&) const = default;
};
BOOST_DESCRIBE_STRUCT(TurnConfiguration, (),
                      (profile, silence_min_ms, silence_max_ms, pause_after_ms, stop_after_ms,
                       interruptible, speculative, backchannels))

// Where answers come from. Below score_min the agent says that it does not know.
struct KnowledgeConfiguration {
  bool enabled = true;
  Integer<1, 10> passages_max{4};
  std::optional<Number<0, 1'000>> score_min;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  bool operator==(const KnowledgeConfiguration&) const = default;
};
BOOST_DESCRIBE_STRUCT(KnowledgeConfiguration, (), (enabled, passages_max, score_min))

// What ends a conversation that nobody ends.
struct LimitsConfiguration {
  Integer<10, 14'400> duration_max_s{1'800};
  Integer<5, 600> idle_reminder_s{
      12};  // silence after which the agent asks whether the caller is there
  Integer<0, 5> idle_reminders_max{2};  // then it says goodbye
  static constexpr std::string_view kOptionalFields[] = {"*"};
  bool operator==(const LimitsConfiguration&) const = default;
};
BOOST_DESCRIBE_STRUCT(LimitsConfiguration, (),
                      (duration_max_s, idle_reminder_s, idle_reminders_max))

// Sentences the agent says word for word; empty strings fall back to its own.
struct PhrasesConfiguration {
  Text<0, 500> unknown{
      "I'm sorry, I don't know that. I can take a message or connect you with a person."};
  Text<0, 500> handover{"Let me connect you with a person who can help."};
  Text<0, 500> goodbye{"Thank you for calling. Goodbye!"};
  Text<0, 500> reminder{"Are you still there?"};
  Text<0, 500> clarify{"Sorry, I didn't catch that. Could you say it again?"};
  static constexpr std::string_view kOptionalFields[] = {"*"};
  bool operator==(const PhrasesConfiguration&) const = default;
};
BOOST_DESCRIBE_STRUCT(PhrasesConfiguration, (), (unknown, handover, goodbye, reminder, clarify))

// How a word is spoken where the synthesizer would guess wrong. The transcript keeps `written`.
struct Pronunciation {
  Text<1, 64> written;
  Text<1, 128> spoken;
  bool whole_words = true;  // "Ng" is not found in "Ngaio"
  bool match_case = false;
  static constexpr std::string_view kOptionalFields[] = {"whole_words", "match_case"};
  bool operator==(const Pronunciation&) const = default;
};
BOOST_DESCRIBE_STRUCT(Pronunciation, (), (written, spoken, whole_words, match_case))

// Whether calls are kept as sound. Off unless somebody chose it: in many places every side has to
// agree first, and the greeting is where the agent says so.
struct RecordingConfiguration {
  bool enabled = false;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  bool operator==(const RecordingConfiguration&) const = default;
};
BOOST_DESCRIBE_STRUCT(RecordingConfiguration, (), (enabled))

// Who takes over, in this order, from a provider that hangs, fails or breaks off.
struct FallbackConfiguration {
  List<LanguageModelConfiguration, 3> language_models;
  List<RecognizerConfiguration, 3> recognizers;
  List<VoiceConfiguration, 3> voices;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {
      {"language_models", "Of two that were asked the first to answer speaks."},
      {"recognizers", "The next one hears the caller's words again from their beginning."},
      {"voices", "The next one goes on at a word border: choose voices that sound alike."}};
  bool operator==(const FallbackConfiguration&) const = default;
};
BOOST_DESCRIBE_STRUCT(FallbackConfiguration, (), (language_models, recognizers, voices))

struct AgentConfiguration {
  Text<0, 32'000> prompt;
  Text<0, 2'000> personality;
  Text<0, 500> greeting{"Hello! How can I help you?"};
  Text<2, 35> language{"en-US"};
  LanguageModelConfiguration language_model;
  RecognizerConfiguration recognizer;
  VoiceConfiguration voice;
  FallbackConfiguration fallbacks;
  TurnConfiguration turn;
  KnowledgeConfiguration knowledge;
  LimitsConfiguration limits;
  PhrasesConfiguration phrases;
  List<Pronunciation, 200> pronunciations;
  RecordingConfiguration recording;
  List<Text<1, 64>, 32> tools;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {
      {"tools", "Names of the workspace's tools that a language model may use."}};
  bool operator==(const AgentConfiguration&) const = default;
};
BOOST_DESCRIBE_STRUCT(AgentConfiguration, (),
                      (prompt, personality, greeting, language, language_model, recognizer, voice,
                       fallbacks, turn, knowledge, limits, phrases, pronunciations, recording,
                       tools))

struct Agent {
  AgentId id;
  WorkspaceId workspace;
  std::string slug;  // unique in the workspace: front-desk
  std::string name;
  std::string description;
  AgentStatus status = AgentStatus::active;
  AgentConfiguration configuration;
  std::int64_t revision = 1;  // rises with every change; the ETag
  std::optional<AgentVersionId> published_version;
  WallTime created_at{};
  WallTime updated_at{};
};

}  // namespace antiphon
