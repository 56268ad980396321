// Gives a language model what the agent's knowledge says to the caller's turn, before it is asked.
//
// A turn of few words leans on the one before it, so both are looked up together.
// Limits  knowledge.passages_max passages; what scores below score_min (kScoreMin) is left out.
// Errors  the model's. When the search fails, the model is asked without passages.
// Thread  the session's executor. Both neighbours outlive it.
#pragma once

#include "ports/knowledge_index.h"
#include "ports/language_model.h"

namespace antiphon {

class GroundedModel final : public LanguageModel {
 public:
  // Below what the built-in engine quotes: a model can tell for itself that a passage is no answer.
  static constexpr double kScoreMin = 0.2;

  GroundedModel(KnowledgeIndex& index, LanguageModel& model) : index_(index), model_(model) {}
  [[nodiscard]] std::unique_ptr<ReplyStream> reply(ReplyRequest request) override;
  [[nodiscard]] ProviderName provider(const AgentConfiguration& configuration) const override {
    return model_.provider(configuration);
  }

 private:
  KnowledgeIndex& index_;
  LanguageModel& model_;
};

}  // namespace antiphon
