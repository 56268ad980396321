#include "store/postgres/sqlstate.h"

#include <array>

namespace antiphon::store {

namespace {

struct Meaning {
  std::string_view prefix;  // of the SQLSTATE; the first match counts
  ErrorCode code;
  std::string_view message;
};

constexpr std::array kMeanings{
    Meaning{"08", ErrorCode::unavailable, "the connection to the database was lost"},
    Meaning{"0A", ErrorCode::internal, "the database does not support this query"},
    Meaning{"22", ErrorCode::invalid_argument, "the database cannot store a value of this form"},
    Meaning{"23001", ErrorCode::conflict, "something else still needs this"},
    Meaning{"23503", ErrorCode::not_found, "something that this refers to does not exist"},
    Meaning{"23505", ErrorCode::already_exists, "there is one of this name or id already"},
    Meaning{"23", ErrorCode::invalid_argument, "a value breaks a rule of the database"},
    Meaning{"25006", ErrorCode::unavailable, "the database accepts no changes at the moment"},
    Meaning{"28", ErrorCode::unavailable, "the database refused our login; check DATABASE_URL"},
    Meaning{"3D", ErrorCode::unavailable, "the database does not exist; check DATABASE_URL"},
    Meaning{"40", ErrorCode::unavailable, "other changes were in the way; try again"},
    Meaning{"42501", ErrorCode::permission_denied, "this principal may not do this"},
    Meaning{"53", ErrorCode::resource_exhausted, "the database has no room left"},
    Meaning{"54", ErrorCode::too_large, "this is more than the database takes at once"},
    Meaning{"55P03", ErrorCode::unavailable, "another change holds a lock; try again"},
    Meaning{"57014", ErrorCode::timeout, "the database did not answer in time"},
    Meaning{"57P", ErrorCode::unavailable, "the database is stopping or starting"},
    Meaning{"58", ErrorCode::unavailable, "the database has trouble with its disk"},
    Meaning{"AN001", ErrorCode::wrong_state,
            "a workspace keeps an owner: make somebody else an owner first"},
    Meaning{"AN002", ErrorCode::permission_denied,
            "this takes a mightier role: only owners make, change or remove owners"},
    Meaning{"AN003", ErrorCode::wrong_state,
            "the invitation is used, withdrawn or expired; ask for a new one"},
    Meaning{"AN004", ErrorCode::permission_denied,
            "the invitation is for another e-mail address; sign in with that one"},
    Meaning{"AN005", ErrorCode::already_exists, "you are a member of this workspace already"},
    Meaning{"AN101", ErrorCode::resource_exhausted,
            "as many conversations as the workspace's quota allows are running; end one, or let an"
            " owner raise the quota"},
    Meaning{"AN102", ErrorCode::resource_exhausted,
            "the workspace's minutes of this month are used up; an owner can raise the quota"},
    Meaning{"AN103", ErrorCode::resource_exhausted,
            "the workspace's spend of this month is used up; an owner can raise the quota"},
    Meaning{"AN104", ErrorCode::resource_exhausted,
            "the workspace's storage is full; delete recordings or documents, or let an owner raise"
            " the quota"},
    Meaning{"XX001", ErrorCode::corrupt, "the database found damaged data"},
    Meaning{"XX002", ErrorCode::corrupt, "the database found a damaged index"},
};

struct Field {
  std::string_view constraint;
  std::string_view pointer;
  std::string_view message;
};

// Which quota it was: see json/problem.h.
struct Quota {
  std::string_view sqlstate;
  std::string_view code;
};
constexpr std::array kQuotas{Quota{"AN101", "quota_conversations"}, Quota{"AN102", "quota_minutes"},
                             Quota{"AN103", "quota_spend"}, Quota{"AN104", "quota_storage"}};

// What a person can put right, by the constraint that says so.
constexpr std::array kFields{
    Field{"agents_workspace_id_slug_key", "/slug", "is already taken"},
    Field{"agents_slug_check", "/slug", "must be lower-case words joined by -"},
    Field{"agents_name_check", "/name", "must be a string of 1 to 120 characters"},
    Field{"agents_description_check", "/description", "must be at most 2000 characters"},
    Field{"agents_draft_check", "/configuration", "must be at most 256 KiB"},
    Field{"knowledge_documents_title_check", "/title", "must be a string of 1 to 200 characters"},
    Field{"knowledge_documents_source_check", "/text", "must be at most 1 MiB"},
    Field{"conversations_metadata_check", "/metadata", "must be a JSON object of at most 64 KiB"},
    Field{"workspaces_slug_key", "/slug", "is already taken"},
    Field{"workspaces_slug_check", "/slug", "must be lower-case words joined by -"},
    Field{"workspaces_name_check", "/name", "must be a string of 1 to 120 characters"},
    Field{"invitations_open", "/email", "has an open invitation already"},
    Field{"invitations_email_check", "/email", "must be an e-mail address"},
    Field{"api_keys_name_check", "/name", "must be a string of 1 to 120 characters"},
    Field{"api_keys_prefix_check", "/prefix", "must be a string of 4 to 24 characters"},
};

const Meaning* find_meaning(std::string_view sqlstate) {
  for (const Meaning& meaning : kMeanings) {
    if (sqlstate.starts_with(meaning.prefix)) return &meaning;
  }
  return nullptr;
}

}  // namespace

ErrorCode code_of(std::string_view sqlstate) {
  const Meaning* meaning = find_meaning(sqlstate);
  return meaning == nullptr ? ErrorCode::internal : meaning->code;
}

Error to_error(const DatabaseError& error) {
  const Meaning* meaning = find_meaning(error.sqlstate);
  Error out{ErrorCode::internal, "the database refused our query, SQLSTATE " + error.sqlstate, {}};
  if (meaning != nullptr) out = {meaning->code, std::string(meaning->message), {}};
  for (const Quota& quota : kQuotas) {
    if (quota.sqlstate == error.sqlstate) out.fields = {{std::string(quota.code), out.message}};
  }
  if (error.constraint.empty()) return out;
  out.message += " (" + error.constraint + ")";
  for (const Field& field : kFields) {
    if (field.constraint == error.constraint) {
      out.fields.push_back({std::string(field.pointer), std::string(field.message)});
    }
  }
  return out;
}

bool is_worth_another_try(std::string_view sqlstate) {
  // 0A000 and 26000: a migration changed or a `discard all` took a prepared statement; it is
  // prepared anew. 57014: a cancel that was meant for the unit before this one; one that we meant
  // is answered already.
  return sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "0A000" || sqlstate == "26000" ||
         sqlstate == "57014";
}

bool ends_session(std::string_view sqlstate) {
  return sqlstate.starts_with("57P0") || sqlstate.starts_with("08");
}

}  // namespace antiphon::store
