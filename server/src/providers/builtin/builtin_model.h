// The built-in engine: answers from the agent's knowledge by quoting it. No language model, no
// network.
//
// It quotes the best sentences for a question, says that it does not know when they score below
// score_min or only resemble an answer (grounding.h), reads a question without an answer again as
// it may have been misheard (mishearing.h), repeats, makes small talk, says goodbye, and
// hands over when asked to or after kUnknownMax questions in a row without an answer. The same
// words in always give the same words out.
// Errors  of the knowledge index.
// Thread  the session's executor.
#pragma once

#include "ports/knowledge_index.h"
#include "ports/language_model.h"

namespace antiphon {

class BuiltinModel final : public LanguageModel {
 public:
  // Below it nothing is an answer; from it to kScoreSure, grounding.h decides. Chosen on held-out
  // questions: docs/explanation/built-in-engine.md.
  static constexpr double kScoreMin = 0.32;
  static constexpr int kUnknownMax = 3;

  explicit BuiltinModel(KnowledgeIndex& index) : index_(index) {}
  [[nodiscard]] std::unique_ptr<ReplyStream> reply(ReplyRequest request) override;
  [[nodiscard]] ProviderName provider(const AgentConfiguration&) const override {
    return {"builtin", ""};
  }

 private:
  KnowledgeIndex& index_;
};

}  // namespace antiphon
