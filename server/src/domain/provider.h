// Which engine answers, speaks and hears for an agent, and where the ones over the network are.
#pragma once

#include "core/bounded.h"
#include "domain/ids.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

// `openai`: every server that speaks OpenAI's wire, wherever it is.
enum class ModelProvider : std::uint8_t { builtin, openai };
BOOST_DESCRIBE_ENUM(ModelProvider, builtin, openai)
enum class VoiceProvider : std::uint8_t { piper, openai };
BOOST_DESCRIBE_ENUM(VoiceProvider, piper, openai)
enum class RecognizerProvider : std::uint8_t { moonshine, openai };
BOOST_DESCRIBE_ENUM(RecognizerProvider, moonshine, openai)

// An account at a provider over the network; embedded ones look at none of it.
struct ProviderAccount {
  WorkspaceId workspace;  // whose secret it is
  std::string model;
  std::string base_url;  // "": the provider's own
  std::string secret;    // the name of a `provider_key`; "": none is sent
  bool operator==(const ProviderAccount&) const = default;
};

inline constexpr std::string_view kModelNote =
    "The provider's name for its model; for an embedded provider it stays empty.";
inline constexpr std::string_view kBaseUrlNote =
    "Where the provider's API begins, such as https://llm.example/v1; empty: the provider's own. "
    "A private address has to be among the operator's --provider-targets.";
inline constexpr std::string_view kSecretNote =
    "The name of the secret, of kind provider_key, that holds the key; empty: no key is sent.";

// What writes the agent's answers.
struct LanguageModelConfiguration {
  ModelProvider provider = ModelProvider::builtin;
  Text<0, 128> model;
  Text<0, 512> base_url;
  Text<0, 63> secret;
  std::optional<Number<0, 2'000>> temperature;
  Integer<16, 4'096> tokens_max{600};
  Integer<500, 60'000> patience_ms{7'000};
  bool actions = true;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {
      {"model", kModelNote},
      {"base_url", kBaseUrlNote},
      {"secret", kSecretNote},
      {"temperature", "Left out: the provider's default."},
      {"tokens_max", "Of one answer."},
      {"patience_ms",
       "How long the first word of an answer may take; a spoken call waits 8 s at most."},
      {"actions",
       "The model may end the call and hand over, as tools. Off for servers that take no tools."}};
  bool operator==(const LanguageModelConfiguration&) const = default;
};
BOOST_DESCRIBE_STRUCT(LanguageModelConfiguration, (),
                      (provider, model, base_url, secret, temperature, tokens_max, patience_ms,
                       actions))

// What turns the caller's speech into text.
struct RecognizerConfiguration {
  RecognizerProvider provider = RecognizerProvider::moonshine;
  Text<0, 128> model;
  Text<0, 512> base_url;
  Text<0, 63> secret;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {
      {"model", kModelNote}, {"base_url", kBaseUrlNote}, {"secret", kSecretNote}};
  bool operator==(const RecognizerConfiguration&) const = default;
};
BOOST_DESCRIBE_STRUCT(RecognizerConfiguration, (), (provider, model, base_url, secret))

// `configuration` is any of the above, or a VoiceConfiguration.
template <class Configuration>
[[nodiscard]] ProviderAccount account_of(WorkspaceId workspace,
                                         const Configuration& configuration) {
  return {workspace, configuration.model.value(), configuration.base_url.value(),
          configuration.secret.value()};
}

}  // namespace antiphon
