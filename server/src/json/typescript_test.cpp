#include "json/typescript.h"

#include "json/contract_test_table.h"

#include <gtest/gtest.h>

namespace antiphon::json {
namespace {

constexpr std::string_view kTypes =
    R"(// Generated from the contract by the server; a change belongs into its C++ structs.

export interface FieldError {
  pointer: string;
  message: string;
}

export interface HangUp {
  type: 'hang_up';
  reason?: string;
}

/** An animal that speaks. */
export interface Pet {
  id: string;
  /** What it listens to. */
  name: string;
  voice: Voice;
  role?: Role;
}

/** An animal that speaks. */
export interface PetInput {
  id: string;
  /** What it listens to. */
  name: string;
  voice?: VoiceInput | null;
  role?: Role | null;
}

export interface PetPage {
  items: Pet[];
  next_cursor?: string;
}

/** An animal that speaks. */
export interface PetPatch {
  id?: string;
  /** What it listens to. */
  name?: string;
  voice?: VoicePatch | null;
  role?: Role | null;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  issues: FieldError[];
  request_id?: string;
}

export type Role = 'owner' | 'operator' | 'analyst';

export interface Transfer {
  type: 'transfer';
  target: string;
}

export interface Voice {
  name: string;
  speed: number;
  pause_ms: number;
}

export interface VoiceInput {
  name?: string | null;
  speed?: number | null;
  pause_ms?: number | null;
}

export interface VoicePatch {
  name?: string | null;
  speed?: number | null;
  pause_ms?: number | null;
}

/** What a pet does. */
export type PetEvent = Transfer | HangUp;

/** The `code` of a Problem. */
export type ErrorCode =
  | 'invalid_argument'
  | 'unauthenticated'
  | 'permission_denied'
  | 'not_found'
  | 'already_exists'
  | 'conflict'
  | 'wrong_state'
  | 'too_large'
  | 'unsupported'
  | 'resource_exhausted'
  | 'unavailable'
  | 'timeout'
  | 'cancelled'
  | 'protocol_error'
  | 'corrupt'
  | 'closed'
  | 'internal';
)";

constexpr std::string_view kOperations = R"(
export interface Operations {
  /** List pets. */
  'pets.list': {
    method: 'GET';
    path: '/api/pets';
    parameters: undefined;
    query: { limit?: number; cursor?: string; archived?: boolean; role?: Role[]; };
    request: undefined;
    response: PetPage;
    events: undefined;
  };
  /** Replace a pet. */
  'pets.put': {
    method: 'PUT';
    path: '/api/pets/{id}';
    parameters: { id: string };
    query: undefined;
    request: PetInput;
    response: Pet;
    events: undefined;
  };
  /** Change a pet. */
  'pets.patch': {
    method: 'PATCH';
    path: '/api/pets/{id}';
    parameters: { id: string };
    query: undefined;
    request: PetPatch;
    response: Pet;
    events: undefined;
  };
  /** Let it speak. */
  'pets.speak': {
    method: 'POST';
    path: '/api/pets/{id}/speak';
    parameters: { id: string };
    query: undefined;
    request: string;
    response: undefined;
    events: Transfer | HangUp;
  };
  /** Let it go. */
  'pets.delete': {
    method: 'DELETE';
    path: '/api/pets/{id}';
    parameters: { id: string };
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
}
)";

TEST(TypeScript, DeclaresTypesAndOperations) {
  const std::string text = typescript(pets(), pet_events());
  const std::size_t operations = text.find("\nexport interface Operations");
  ASSERT_NE(operations, std::string::npos);
  EXPECT_EQ(text.substr(0, operations), kTypes);
  EXPECT_EQ(text.substr(operations), kOperations);
}

TEST(TypeScript, KeepsItemsOfAUnionTogether) {
  ApiDescription api = pets();
  api.operations.resize(1);
  api.operations[0].responses[0].shape =
      &shape_of<std::vector<std::variant<sample::Transfer, sample::HangUp>>>();
  EXPECT_NE(typescript(api, {}).find("response: (Transfer | HangUp)[];"), std::string::npos);
}

}  // namespace
}  // namespace antiphon::json
