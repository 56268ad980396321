// How the agent shares the conversation with the caller: profiles, and what it expects to hear.
//
// An agent has a profile; a reply may give another one for the turn that follows it, and say what
// kind of value it asked for. Described for the JSON contract.
#pragma once

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>

namespace antiphon {

// fast: answers sooner and cuts in more often; patient: waits for people who think or dictate.
enum class TurnProfile : std::uint8_t { fast, balanced, patient };
BOOST_DESCRIBE_ENUM(TurnProfile, fast, balanced, patient)

// The value that the caller was asked for. A value may be dictated with pauses; once it is whole
// the turn ends early.
enum class ExpectedValue : std::uint8_t { none, yes_no, digits, code, phone, email, date };
BOOST_DESCRIBE_ENUM(ExpectedValue, none, yes_no, digits, code, phone, email, date)

struct TurnExpectation {
  ExpectedValue value = ExpectedValue::none;
  // Of `digits` and `code`: how many figures (and letters) there are; 0: not known.
  std::uint8_t length_min = 0;
  std::uint8_t length_max = 0;
  bool operator==(const TurnExpectation&) const = default;
};

// What one reply asks of the turn that follows it; goes back to the agent's own afterwards.
struct TurnDirective {
  std::optional<TurnProfile> profile;
  TurnExpectation expected;
  bool operator==(const TurnDirective&) const = default;
};

}  // namespace antiphon
