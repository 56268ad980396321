#include "engine/settings.h"

namespace antiphon {

namespace {

std::string or_else(const std::string& text, const char* fallback) {
  return text.empty() ? std::string(fallback) : text;
}

SynthesisRequest request_of(WorkspaceId workspace, const VoiceConfiguration& voice) {
  return {.text = {},
          .voice = voice.name.value(),
          .speed = voice.speed.value(),
          .provider = voice.provider,
          .account = account_of(workspace, voice)};
}

RecognitionOptions options_of(WorkspaceId workspace, const std::string& language,
                              const RecognizerConfiguration& recognizer) {
  return {.language = language,
          .provider = recognizer.provider,
          .account = account_of(workspace, recognizer)};
}

}  // namespace

SessionSettings settings_of(WorkspaceId workspace, const AgentConfiguration& configuration) {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  SessionSettings settings;
  const TurnConfiguration& turn = configuration.turn;
  settings.turn = {turn.profile,
                   milliseconds(turn.silence_min_ms.value()),
                   milliseconds(turn.silence_max_ms.value()),
                   milliseconds(turn.pause_after_ms.value()),
                   milliseconds(turn.stop_after_ms.value()),
                   turn.interruptible,
                   turn.speculative};
  for (const auto& phrase : turn.backchannels)
    settings.backchannels.push_back(phrase.value());
  settings.duration_max = seconds(configuration.limits.duration_max_s.value());
  settings.idle_reminder = seconds(configuration.limits.idle_reminder_s.value());
  settings.idle_reminders_max = static_cast<int>(configuration.limits.idle_reminders_max.value());
  settings.voice = request_of(workspace, configuration.voice);
  for (const VoiceConfiguration& voice : configuration.fallbacks.voices)
    settings.voice.fallbacks.push_back(request_of(workspace, voice));
  settings.language = configuration.language.value();
  settings.hearing = options_of(workspace, settings.language, configuration.recognizer);
  for (const RecognizerConfiguration& recognizer : configuration.fallbacks.recognizers)
    settings.hearing.fallbacks.push_back(options_of(workspace, settings.language, recognizer));
  settings.speech_text = {settings.language, configuration.pronunciations.value()};
  settings.greeting = configuration.greeting.value();
  const PhrasesConfiguration& phrases = configuration.phrases;
  settings.handover = or_else(phrases.handover.value(), "Let me connect you with a person.");
  settings.goodbye = or_else(phrases.goodbye.value(), "Goodbye!");
  settings.reminder = or_else(phrases.reminder.value(), "Are you still there?");
  settings.clarify = or_else(phrases.clarify.value(), "Sorry, could you say that again?");
  settings.trouble = "I'm sorry, something went wrong on my side. Could you ask me again?";
  return settings;
}

}  // namespace antiphon
