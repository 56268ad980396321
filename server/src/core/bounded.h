// Values that carry their limits in their type, so a struct states them where it is declared and
// the JSON contract checks them, prints them in its schema and names them in its messages.
//
//   struct Voice {
//     Text<1, 64> name{"joe"};
//     Number<500, 2'000> speed{1.0};  // 0.5 to 2
//     Integer<0, 5'000> pause_ms{200};
//   };
//   Result<Text<1, 64>> name = Text<1, 64>::make(untrusted);
//
// Literals are checked when compiled (Integer, Number) or when run (Text: a CHECK). What comes from
// outside goes through make(). A default-made Text<1, …> is empty, below its limit: a placeholder
// until it is given a value.
//
// Errors  make: invalid_argument with one field error, pointer "", in plain English.
#pragma once

#include "core/check.h"
#include "core/result.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon {

// "must be a string of 1 to 120 characters" and its relatives: one wording for types, parser and
// documents.
[[nodiscard]] std::string text_rule(std::size_t length_min, std::size_t length_max);
[[nodiscard]] std::string integer_rule(std::int64_t min, std::int64_t max);
[[nodiscard]] std::string number_rule(double min, double max);
[[nodiscard]] std::string list_rule(std::size_t size_min, std::size_t size_max);

// Says what is wrong with `text`, or nothing. Lengths are in code points.
[[nodiscard]] std::optional<std::string> text_fault(std::string_view text, std::size_t length_min,
                                                    std::size_t length_max);

// invalid_argument about the whole value.
[[nodiscard]] std::unexpected<Error> refused(std::string message);

// UTF-8 without NUL, Min to Max code points.
template <std::size_t Min, std::size_t Max>
class Text {
 public:
  static_assert(Min <= Max);
  static constexpr std::size_t kLengthMin = Min;
  static constexpr std::size_t kLengthMax = Max;

  Text() = default;
  // A literal of the program; implicit, because the array can only be one.
  template <std::size_t Size>
  Text(const char (&literal)[Size]) : value_(literal, Size - 1) {
    CHECK(!text_fault(value_, Min, Max), "a literal keeps the limits of its Text");
  }
  [[nodiscard]] static Result<Text> make(std::string text) {
    if (auto fault = text_fault(text, Min, Max)) return refused(std::move(*fault));
    Text made;
    made.value_ = std::move(text);
    return made;
  }

  [[nodiscard]] const std::string& value() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  auto operator<=>(const Text&) const = default;

 private:
  std::string value_;
};

template <std::int64_t Min, std::int64_t Max>
class Integer {
 public:
  static_assert(Min <= Max);
  static constexpr std::int64_t kMin = Min;
  static constexpr std::int64_t kMax = Max;

  // 0, or the limit nearest to it.
  constexpr Integer() = default;
  explicit consteval Integer(std::int64_t literal) : value_(literal) {
    CHECK(Min <= literal && literal <= Max, "a literal keeps the limits of its Integer");
  }
  [[nodiscard]] static Result<Integer> make(std::int64_t value) {
    if (value < Min || value > Max) return refused(integer_rule(Min, Max));
    Integer made;
    made.value_ = value;
    return made;
  }

  [[nodiscard]] constexpr std::int64_t value() const { return value_; }
  constexpr auto operator<=>(const Integer&) const = default;

 private:
  std::int64_t value_ = Min > 0 ? Min : Max < 0 ? Max : 0;
};

// Bounds in thousandths: Number<250, 4'000> is 0.25 to 4.
template <std::int64_t MinMilli, std::int64_t MaxMilli>
class Number {
 public:
  static_assert(MinMilli <= MaxMilli);
  static constexpr double kMin = static_cast<double>(MinMilli) / 1000.0;
  static constexpr double kMax = static_cast<double>(MaxMilli) / 1000.0;

  constexpr Number() = default;
  explicit consteval Number(double literal) : value_(literal) {
    CHECK(kMin <= literal && literal <= kMax, "a literal keeps the limits of its Number");
  }
  [[nodiscard]] static Result<Number> make(double value) {
    if (!(value >= kMin && value <= kMax)) return refused(number_rule(kMin, kMax));
    Number made;
    made.value_ = value;
    return made;
  }

  [[nodiscard]] constexpr double value() const { return value_; }
  constexpr auto operator<=>(const Number&) const = default;

 private:
  double value_ = kMin > 0 ? kMin : kMax < 0 ? kMax : 0;
};

// Min to Max items. Like a constant vector to read; a new one is made to change it.
template <class T, std::size_t Max, std::size_t Min = 0>
class List {
 public:
  static_assert(Min <= Max);
  static constexpr std::size_t kSizeMin = Min;
  static constexpr std::size_t kSizeMax = Max;
  using value_type = T;

  List() = default;
  [[nodiscard]] static Result<List> make(std::vector<T> items) {
    if (items.size() < Min || items.size() > Max) return refused(list_rule(Min, Max));
    List made;
    made.items_ = std::move(items);
    return made;
  }

  [[nodiscard]] const std::vector<T>& value() const { return items_; }
  [[nodiscard]] auto begin() const { return items_.begin(); }
  [[nodiscard]] auto end() const { return items_.end(); }
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] bool empty() const { return items_.empty(); }
  bool operator==(const List&) const = default;

 private:
  std::vector<T> items_;
};

// A JSON object of somebody else's making (metadata, variables), kept as its compact text of at
// most MaxBytes.
template <std::size_t MaxBytes>
class JsonObject {
 public:
  static constexpr std::size_t kBytesMax = MaxBytes;

  JsonObject() = default;
  // `text` is a valid object: it comes from our own writer or a jsonb column. Only its size is
  // checked here.
  [[nodiscard]] static Result<JsonObject> from_valid(std::string text) {
    if (text.size() > MaxBytes) {
      return refused("must be an object of at most " + std::to_string(MaxBytes) + " bytes");
    }
    JsonObject made;
    made.text_ = std::move(text);
    return made;
  }

  [[nodiscard]] const std::string& text() const { return text_; }
  bool operator==(const JsonObject&) const = default;

 private:
  std::string text_ = "{}";
};

// What a field of a described struct means, for the API's documentation: a struct may hold
// `static constexpr FieldNote kNotes[]`. Field "" is the struct itself.
struct FieldNote {
  std::string_view field;
  std::string_view text;
};

// Always present in a document, and may be null there; std::optional is left out instead.
template <class T>
struct Nullable {
  std::optional<T> value;
  bool operator==(const Nullable&) const = default;
};

}  // namespace antiphon
