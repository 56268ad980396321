#include "engine/speech_text.h"

#include "core/utf8.h"
#include "engine/speech_text/piece_rules.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace antiphon {

namespace {

Pronunciation entry(std::string written, std::string spoken) {
  Pronunciation made;
  made.written = *Text<1, 64>::make(std::move(written));
  made.spoken = *Text<1, 128>::make(std::move(spoken));
  return made;
}

std::string with_line_breaks(std::string text) {
  for (std::size_t at = text.find("\\n"); at != std::string::npos; at = text.find("\\n", at)) {
    text.replace(at, 2, "\n");
  }
  return text;
}

// What the words of `written` up to the end of the piece around spoken byte `at` are.
std::string written_until(const SpokenText& spoken, std::string_view written,
                          std::string_view word) {
  const std::size_t at = spoken.text.find(word);
  for (const SpokenPiece& piece : spoken.pieces) {
    if (at >= piece.spoken_begin && at < piece.spoken_end) {
      return std::string(written.substr(0, piece.written_end));
    }
  }
  return "nowhere";
}

}  // namespace

TEST(SpeechText, SpeaksEveryGoldenLine) {
  const auto folder = repository_root() / "server/testdata/speech_text";
  std::size_t lines = 0;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
    std::ifstream in(file.path());
    for (std::string line; std::getline(in, line);) {
      const std::size_t tab = line.find('\t');
      if (tab == std::string::npos) continue;  // the name of a group
      const std::string written = with_line_breaks(line.substr(0, tab));
      const SpokenText spoken = SpeechText().speak(written);
      EXPECT_EQ(spoken.text, line.substr(tab + 1)) << file.path().filename() << ": " << written;
      EXPECT_EQ(speech_text::broken_rule(written, spoken), "") << written;
      ++lines;
    }
  }
  EXPECT_GE(lines, 500U) << "in " << folder;
}

TEST(SpeechText, MapsSpokenWordsToTheWrittenOnes) {
  const std::string written = "It is **$3.50** on Nov 22, 2026 😀, Dr. Ng.";
  const SpokenText spoken = SpeechText().speak(written);
  EXPECT_EQ(spoken.text,
            "It is three dollars and fifty cents on November twenty-second, twenty twenty-six, "
            "doctor Ng.");
  EXPECT_EQ(written_until(spoken, written, "It"), "It");
  EXPECT_EQ(written_until(spoken, written, "dollars"), "It is **$3.50**");
  EXPECT_EQ(written_until(spoken, written, "cents"), "It is **$3.50**");
  EXPECT_EQ(written_until(spoken, written, "November"), "It is **$3.50** on Nov");
  EXPECT_EQ(written_until(spoken, written, "second"), "It is **$3.50** on Nov 22,");
  EXPECT_EQ(written_until(spoken, written, "twenty-six"), "It is **$3.50** on Nov 22, 2026 😀,");
  EXPECT_EQ(written_until(spoken, written, "doctor"), "It is **$3.50** on Nov 22, 2026 😀, Dr.");
  EXPECT_EQ(written_until(spoken, written, "Ng"), written);
}

TEST(SpeechText, GivesAnOpeningMarkToTheWordBehindIt) {
  const SpokenText spoken = SpeechText().speak("say _this_ **now**");
  ASSERT_EQ(spoken.pieces.size(), 3U);
  EXPECT_EQ(spoken.pieces[0], (SpokenPiece{0, 3, 0, 3}));
  EXPECT_EQ(spoken.pieces[1], (SpokenPiece{4, 8, 4, 10}));
  EXPECT_EQ(spoken.pieces[2], (SpokenPiece{9, 12, 11, 18}));
}

TEST(SpeechText, HasNothingToSayForMarkupAlone) {
  for (const std::string_view written : {"", "   ", "---", "👍🏽", "***", "```", "<br/>", "|---|",
                                         "\xF0\x9F\x98", "\x01\x02", ":-)"}) {
    const SpokenText spoken = SpeechText().speak(written);
    EXPECT_EQ(spoken.text, "") << written;
    EXPECT_TRUE(spoken.pieces.empty()) << written;
  }
}

TEST(SpeechText, SkipsBytesThatAreNotUtf8) {
  EXPECT_EQ(SpeechText().speak("one \xFFtwo \xC3(three\xE2\x82").text, "one two, three");
}

TEST(SpeechText, ReadsAtMostFourThousandCharacters) {
  std::string written;
  for (int word = 0; word < 1'000; ++word)
    written += "word ";
  const SpokenText spoken = SpeechText().speak(written);
  ASSERT_FALSE(spoken.pieces.empty());
  EXPECT_EQ(spoken.pieces.size(), 800U);
  EXPECT_EQ(spoken.pieces.back().written_end, 3'999U);
}

TEST(SpeechText, LeavesWordsAsTheyAreWhereTheTextWouldGrowTooLong) {
  std::string written;
  for (int digit = 0; digit < 400; ++digit)
    written += "7";
  const SpokenText spoken = SpeechText().speak(written);
  EXPECT_EQ(spoken.text, written);
  std::string spaced = "7777777 and ";
  while (spaced.size() < 380)
    spaced += "7777777 ";
  const SpokenText words = SpeechText().speak(spaced);
  EXPECT_TRUE(words.text.starts_with("seven seven seven, seven seven seven seven and"));
  EXPECT_TRUE(words.text.ends_with("7777777"));
  EXPECT_LE(words.text.size(), 1'000U);
}

TEST(SpeechText, OnlyTakesMarkupOutOfOtherLanguages) {
  const SpeechText german("de-DE", {});
  EXPECT_EQ(german.speak("**Dr.** Weiß zahlt 3,50 € am 22.11. 😀").text,
            "Dr. Weiß zahlt 3,50 € am 22.11.");
  EXPECT_EQ(SpeechText("en_GB", {}).speak("3 cats").text, "three cats");
  EXPECT_EQ(SpeechText("enx", {}).speak("3 cats").text, "3 cats");
}

TEST(SpeechText, SpeaksTheWordsOfTheDictionaryAsItSays) {
  const std::array entries{entry("Nguyen", "win"), entry("St. John's", "sin jins"),
                           entry("SQL", "sequel"), entry("Ng", "ing")};
  const SpeechText rules("en", entries);
  EXPECT_EQ(rules.speak("Dr. Nguyen's SQL at ST. JOHN’S.").text,
            "doctor win's sequel at sin jins.");
  EXPECT_EQ(rules.speak("Ngaio, MySQL, Ng").text, "Ngaio, MySQL, ing");
  EXPECT_EQ(rules.speak("**Nguyen**, 5 SQL").text, "win, five sequel");
  const std::string written = "Dr. Nguyen's SQL";
  EXPECT_EQ(written_until(rules.speak(written), written, "win"), "Dr. Nguyen's");
}

TEST(SpeechText, KeepsToTheFlagsOfADictionaryEntry) {
  Pronunciation exact = entry("US", "the states");
  exact.match_case = true;
  Pronunciation inside = entry("colour", "color");
  inside.whole_words = false;
  const std::array entries{exact, inside, entry(" ", "nothing"), entry("us", "late")};
  const SpeechText rules("en", entries);
  EXPECT_EQ(rules.speak("US colourful").text, "the states colorful");
  EXPECT_EQ(rules.speak("us").text, "late");
}

TEST(SpeechText, TakesTheLongestEntryAndOfEqualOnesTheFirst) {
  const std::array entries{entry("New York", "first"), entry("new york", "second"),
                           entry("New York City", "the city"), entry("New", "nu")};
  const SpeechText rules("en", entries);
  EXPECT_EQ(rules.speak("New  York, New York City, new cars").text, "first, the city, nu cars");
}

TEST(SpeechText, AnEntryThatIsSilentLeavesItsWordsToTheNeighbour) {
  const std::array entries{entry("(R)", " ")};
  const std::string written = "Acme (R) shop";
  const SpokenText spoken = SpeechText("en", entries).speak(written);
  EXPECT_EQ(spoken.text, "Acme shop");
  EXPECT_EQ(speech_text::broken_rule(written, spoken), "");
}

TEST(SpeechText, MapsEveryWordOfRandomTexts) {
  constexpr std::array<std::string_view, 60> kParts{
      " ",    "  ",  "\n",    "\n\n",   "- ",    "**",       "_",    "`",    "[a](b)", "(",
      ")",    "\"",  "'",     "!",      "...",   ", ",       ".",    "?",    ":",      "<b>",
      "<",    ">",   "&amp;", "|",      "| a |", "#",        "😀",   "\xFF", "é",      "½",
      "—",    "–",   "→",     "5",      "12",    "1,000",    "3.50", "$",    "€",      "%",
      "kg",   "°C",  "9:30",  "am",     "Nov",   "22nd",     "2026", "Dr.",  "St.",    "IV",
      "NASA", "FBI", "AB-12", "jo@x.y", "a.com", "555-0100", "+1",   "word", "Word",   "Ng"};
  const std::array entries{entry("Ng", "ing"), entry("12 kg", "a dozen")};
  const std::array<SpeechText, 3> all{SpeechText(), SpeechText("en", entries),
                                      SpeechText("fr", entries)};
  for (std::uint32_t seed = 0; seed < 3'000; ++seed) {
    std::mt19937 random(seed);
    std::string written;
    for (auto parts = random() % 40; parts > 0; --parts)
      written += kParts[random() % kParts.size()];
    const SpokenText spoken = all[seed % all.size()].speak(written);
    ASSERT_EQ(speech_text::broken_rule(written, spoken), "") << "seed " << seed << ": " << written;
    ASSERT_TRUE(is_valid_utf8(spoken.text)) << "seed " << seed;
  }
}

TEST(SpeechText, KeepsLettersBeyondAsciiWhole) {
  EXPECT_EQ(SpeechText().speak("é@ñ.com").text, "é at ñ dot com");
  EXPECT_EQ(SpeechText().speak("ÉÀ-12 Ñ5").text, "ÉÀ twelve Ñ five");
}

TEST(SpeechText, StaysWithinItsBoundsOnTheWorstTexts) {
  constexpr std::array<std::string_view, 22> kWorst{
      "[",   "(",    "<",   "<a ",  "[](", "*",  "_",  "&",    "&#", "1 ", "9-",
      "1,2", "a.b@", "+1 ", "Dr. ", "- ",  "| ", ":a", "<!--", "`",  "A ", "é"};
  std::vector<Pronunciation> entries;
  for (int number = 0; number < 200; ++number)
    entries.push_back(entry(std::string(60, 'a') + std::to_string(number), "long"));
  const SpeechText rules("en", entries);
  for (const std::string_view part : kWorst) {
    std::string written;
    while (written.size() < 2 * SpeechText::kWrittenMax)
      written += part;
    const SpokenText spoken = rules.speak(written);
    const std::string_view read = utf8_prefix(written, SpeechText::kWrittenMax);
    EXPECT_EQ(speech_text::broken_rule(read, spoken), "") << part;
  }
}

}  // namespace antiphon
