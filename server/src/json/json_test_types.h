// Described structs that hold one of everything; for the tests, the fuzzer and the benchmark.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "core/sensitive.h"
#include "core/strong.h"
#include "core/uuid.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace antiphon::sample {

enum class Role : std::uint8_t { owner, operator_, analyst };
BOOST_DESCRIBE_ENUM(Role, owner, operator_, analyst)

class PersonId {
 public:
  PersonId() = default;
  explicit PersonId(Uuid uuid) : uuid_(uuid) {}
  [[nodiscard]] Uuid uuid() const { return uuid_; }
  bool operator==(const PersonId&) const = default;

 private:
  Uuid uuid_;
};

// A string with a rule of its own.
class Slug {
 public:
  static constexpr std::size_t kLengthMin = 1;
  static constexpr std::size_t kLengthMax = 20;
  static constexpr std::string_view kRule = "must be lower-case letters and dashes, at most 20";
  [[nodiscard]] static Result<Slug> make(std::string text) {
    if (text.empty() || text.size() > kLengthMax ||
        text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") != std::string::npos) {
      return refused(std::string(kRule));
    }
    Slug slug;
    slug.text_ = std::move(text);
    return slug;
  }
  [[nodiscard]] const std::string& value() const { return text_; }
  bool operator==(const Slug&) const = default;

 private:
  std::string text_;
};

struct Voice {
  static constexpr std::string_view kOptionalFields[] = {"*"};
  Text<1, 64> name{"joe"};
  Number<250, 4'000> speed{1.0};
  Integer<0, 5'000> pause_ms{200};
  bool operator==(const Voice&) const = default;
};
BOOST_DESCRIBE_STRUCT(Voice, (), (name, speed, pause_ms))

struct Transfer {
  static constexpr std::string_view kType = "transfer";
  Text<1, 40> target;
  bool operator==(const Transfer&) const = default;
};
BOOST_DESCRIBE_STRUCT(Transfer, (), (target))

struct HangUp {
  static constexpr std::string_view kType = "hang_up";
  std::optional<Text<0, 100>> reason;
  bool operator==(const HangUp&) const = default;
};
BOOST_DESCRIBE_STRUCT(HangUp, (), (reason))

// A tree: a struct that holds a list of itself.
struct Step {
  Text<1, 20> name;
  std::vector<Step> steps;
  static constexpr std::string_view kOptionalFields[] = {"steps"};
  bool operator==(const Step&) const = default;
};
BOOST_DESCRIBE_STRUCT(Step, (), (name, steps))

using Turns = Strong<struct TurnsTag, std::uint32_t>;

struct Everything {
  static constexpr std::string_view kOptionalFields[] = {"voice", "enabled"};
  static constexpr FieldNote kNotes[] = {{"", "One of everything."}, {"name", "What people see."}};
  Text<1, 10> name;
  Slug slug;
  PersonId id;
  bool enabled = true;
  Role role_ = Role::owner;
  std::optional<Role> deputy;
  Voice voice;
  std::optional<Voice> second_voice;
  Nullable<Text<0, 20>> nickname;
  Sensitive<std::string> phone;
  List<Text<1, 8>, 3> tags;
  std::vector<std::int32_t> scores;
  std::map<std::string, double> weights;
  JsonObject<64> metadata;
  std::variant<Transfer, HangUp> action;
  std::optional<Step> plan;
  std::chrono::milliseconds waited{0};
  Turns turns{0};
  WallTime created_at{};
  bool operator==(const Everything&) const = default;
};
BOOST_DESCRIBE_STRUCT(Everything, (),
                      (name, slug, id, enabled, role_, deputy, voice, second_voice, nickname, phone,
                       tags, scores, weights, metadata, action, plan, waited, turns, created_at))

struct PageQuery {
  static constexpr std::string_view kOptionalFields[] = {"limit"};
  Integer<1, 100> limit{20};
  std::optional<Text<1, 200>> cursor;
  std::optional<bool> archived;
  std::optional<std::vector<Role>> role;
};
BOOST_DESCRIBE_STRUCT(PageQuery, (), (limit, cursor, archived, role))

template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next_cursor;
  BOOST_DESCRIBE_CLASS(Page, (), (items, next_cursor), (), ())
};

}  // namespace antiphon::sample
