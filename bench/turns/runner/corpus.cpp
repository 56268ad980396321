#include "corpus.h"

#include "dsp/audio_file.h"

#include <boost/json.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

namespace antiphon::turns {

namespace {

namespace bj = boost::json;

std::string text_of(const bj::object& object, const char* key) {
  const bj::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

Duration time_of(const bj::object& object, const char* key) {
  return std::chrono::milliseconds(object.at(key).to_number<std::int64_t>());
}

ExpectedValue expected_of(const std::string& name) {
  if (name == "phone") return ExpectedValue::phone;
  if (name == "email") return ExpectedValue::email;
  if (name == "date") return ExpectedValue::date;
  if (name == "yes_no") return ExpectedValue::yes_no;
  if (name == "code") return ExpectedValue::code;
  return name == "digits" ? ExpectedValue::digits : ExpectedValue::none;
}

Item item_of(const bj::object& object) {
  Item item;
  item.id = text_of(object, "id");
  item.half = text_of(object, "half");
  item.category = text_of(object, "class");
  item.wav = text_of(object, "wav");
  item.text = text_of(object, "text");
  item.over_agent = text_of(object, "kind") == "over_agent";
  item.speech_start = time_of(object, "speech_start_ms");
  item.speech_end = time_of(object, "speech_end_ms");
  item.expected = expected_of(text_of(object, "expects"));
  for (const bj::value& word : object.at("words").as_array())
    item.words.push_back({text_of(word.as_object(), "text"), time_of(word.as_object(), "end_ms")});
  return item;
}

}  // namespace

void give_up(const std::string& message) {
  std::cerr << "turns_runner: " << message << '\n';
  std::exit(1);
}

Corpus read_corpus(const std::filesystem::path& folder) {
  std::ifstream file(folder / "corpus.json");
  if (!file) give_up("no corpus.json in " + folder.string() + ": run bench/turns/corpus.py");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const bj::value document = bj::parse(text);
  Corpus corpus;
  const bj::object& agent = document.at("agent").as_object();
  corpus.agent_wav = text_of(agent, "wav");
  corpus.agent_text = text_of(agent, "text");
  for (const bj::value& item : document.at("items").as_array())
    corpus.items.push_back(item_of(item.as_object()));
  return corpus;
}

std::vector<Sample> read_sound(const std::filesystem::path& file) {
  auto samples = read_audio_file(file);
  if (!samples) give_up(file.string() + ": " + samples.error().message);
  return std::move(*samples);
}

}  // namespace antiphon::turns
