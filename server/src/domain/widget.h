// A widget: how an agent appears on other people's websites, and who may talk to it there.
#pragma once

#include "core/bounded.h"
#include "domain/ids.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace antiphon {

using VisitorId = Id<struct VisitorTag>;

enum class WidgetTheme : std::uint8_t { system, light, dark };
BOOST_DESCRIBE_ENUM(WidgetTheme, system, light, dark)

enum class WidgetPosition : std::uint8_t { bottom_right, bottom_left, top_right, top_left };
BOOST_DESCRIBE_ENUM(WidgetPosition, bottom_right, bottom_left, top_right, top_left)

enum class WidgetMode : std::uint8_t { both, text, voice };
BOOST_DESCRIBE_ENUM(WidgetMode, both, text, voice)

struct WidgetSettings {
  bool enabled = false;
  List<Text<1, 255>, 50> allowed_origins;
  bool own_pages = true;
  Text<0, 80> title;
  Text<0, 120> subtitle;
  Text<0, 500> greeting;
  WidgetTheme theme = WidgetTheme::system;
  Text<0, 7> accent;
  WidgetPosition position = WidgetPosition::bottom_right;
  WidgetMode mode = WidgetMode::both;
  Text<0, 500> consent;
  List<Text<1, 80>, 6> suggestions;
  Text<0, 63> identity_secret;
  bool identity_required = false;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {
      {"enabled", "While false, no page gets a session."},
      {"allowed_origins", "The websites that may show it, exactly: https://www.example.com"},
      {"own_pages", "Pages of this server, /demo among them, may show it too."},
      {"greeting", "Shown before the visitor writes; empty: the agent's own greeting."},
      {"accent", "#rrggbb; empty: the widget's own. The colour of text on it is computed."},
      {"consent", "When set, the visitor agrees to this text before anything is sent."},
      {"suggestions", "Questions offered as buttons at the beginning."},
      {"identity_secret",
       "The name of a tool_secret. A page then says who its visitor is, with the HMAC-SHA-256 of "
       "the visitor's id under that secret, in hex."},
      {"identity_required", "Only visitors with an identity get a session."}};
  bool operator==(const WidgetSettings&) const = default;
};
BOOST_DESCRIBE_STRUCT(WidgetSettings, (),
                      (enabled, allowed_origins, own_pages, title, subtitle, greeting, theme,
                       accent, position, mode, consent, suggestions, identity_secret,
                       identity_required))

// What a widget itself says that a visitor did. What the server sees, it counts itself.
enum class WidgetEventKind : std::uint8_t {
  opened,
  closed,
  suggestion_used,
  microphone_refused,
  microphone_missing,
  microphone_silent,
  call_failed,
  message_failed,
};
BOOST_DESCRIBE_ENUM(WidgetEventKind, opened, closed, suggestion_used, microphone_refused,
                    microphone_missing, microphone_silent, call_failed, message_failed)

enum class WidgetRating : std::uint8_t { up, down };
BOOST_DESCRIBE_ENUM(WidgetRating, up, down)

// One number of one day; `kind` is a WidgetEventKind or one of conversations, messages, calls,
// call_ms, completed, rated_up, rated_down.
struct WidgetCount {
  std::chrono::year_month_day day;
  std::string kind;
  std::int64_t quantity = 0;
};

}  // namespace antiphon
