// Generated from the contract by the server; a change belongs into its C++ structs.

export interface AcceptanceInput {
  token: string;
}

export interface AcceptanceOutput {
  workspace: string;
  role: Role;
}

export interface AgentConfiguration {
  prompt: string;
  personality: string;
  greeting: string;
  language: string;
  language_model: LanguageModelConfiguration;
  recognizer: RecognizerConfiguration;
  voice: VoiceConfiguration;
  fallbacks: FallbackConfiguration;
  turn: TurnConfiguration;
  knowledge: KnowledgeConfiguration;
  limits: LimitsConfiguration;
  phrases: PhrasesConfiguration;
  pronunciations: Pronunciation[];
  recording: RecordingConfiguration;
  /** Names of the workspace's tools that a language model may use. */
  tools: string[];
}

export interface AgentConfigurationInput {
  prompt?: string | null;
  personality?: string | null;
  greeting?: string | null;
  language?: string | null;
  language_model?: LanguageModelConfigurationInput | null;
  recognizer?: RecognizerConfigurationInput | null;
  voice?: VoiceConfigurationInput | null;
  fallbacks?: FallbackConfigurationInput | null;
  turn?: TurnConfigurationInput | null;
  knowledge?: KnowledgeConfigurationInput | null;
  limits?: LimitsConfigurationInput | null;
  phrases?: PhrasesConfigurationInput | null;
  pronunciations?: PronunciationInput[] | null;
  recording?: RecordingConfigurationInput | null;
  /** Names of the workspace's tools that a language model may use. */
  tools?: string[] | null;
}

export interface AgentConfigurationPatch {
  prompt?: string | null;
  personality?: string | null;
  greeting?: string | null;
  language?: string | null;
  language_model?: LanguageModelConfigurationPatch | null;
  recognizer?: RecognizerConfigurationPatch | null;
  voice?: VoiceConfigurationPatch | null;
  fallbacks?: FallbackConfigurationPatch | null;
  turn?: TurnConfigurationPatch | null;
  knowledge?: KnowledgeConfigurationPatch | null;
  limits?: LimitsConfigurationPatch | null;
  phrases?: PhrasesConfigurationPatch | null;
  pronunciations?: PronunciationInput[] | null;
  recording?: RecordingConfigurationPatch | null;
  /** Names of the workspace's tools that a language model may use. */
  tools?: string[] | null;
}

export interface AgentInput {
  name: string;
  /** The agent's name in addresses and commands; made from the name when left out. */
  slug?: string | null;
  description?: string | null;
  status?: AgentStatus | null;
  /** Fields left out keep their defaults. */
  configuration?: AgentConfigurationInput | null;
}

export interface AgentInputPatch {
  name?: string;
  /** The agent's name in addresses and commands; made from the name when left out. */
  slug?: string | null;
  description?: string | null;
  status?: AgentStatus | null;
  /** Fields left out keep their defaults. */
  configuration?: AgentConfigurationPatch | null;
}

export interface AgentList {
  items: AgentOutput[];
  /** Absent on the last page. */
  next_cursor?: string;
}

export interface AgentOutput {
  id: string;
  slug: string;
  name: string;
  description: string;
  status: AgentStatus;
  configuration: AgentConfiguration;
  /** Rises with every change; send it back as If-Match to change what you read. */
  revision: number;
  created_at: string;
  updated_at: string;
}

/** The caller made a sound; a decision follows within 500 ms. */
export interface AgentPausedNotice {
  type: 'agent.paused';
  at_ms: number;
  generation: string;
}

/** It was no interruption. */
export interface AgentResumedNotice {
  type: 'agent.resumed';
  at_ms: number;
  generation: string;
  paused_ms: number;
}

export type AgentStatus = 'active' | 'archived';

export interface AuditEntryOutput {
  /** 1, 2, 3 … in the workspace, without a gap. */
  sequence: number;
  occurred_at: string;
  /** user, api_key, worker or system; database: not through the server. */
  principal_kind: string;
  principal_id: string;
  action: string;
  object_kind: string;
  object_id: string;
  address: string;
  request_id: string;
  /** Of an update only what it changed; secrets are masked. */
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  previous_hash: string;
  /** SHA-256 over the entry and previous_hash; `antiphon audit` checks the chain. */
  hash: string;
}

export interface AuditList {
  items: AuditEntryOutput[];
  /** Absent on the last page. */
  next_before?: number;
}

export interface AuditVerdictOutput {
  sound: boolean;
  /** That are sound, from the first one on. */
  entries: number;
  /** Above 1: older entries are no longer there. */
  begins_at: number;
  /** The sequence of the first entry that is not what was written. */
  broken_at?: number;
  reason?: string;
  /** The hash of the last sound entry: keep it elsewhere to notice a chain that was written anew. */
  head: string;
}

export interface CanaryInput {
  version: number;
  /** Of the callers. */
  percent: number;
}

export interface CanaryOutput {
  version: number;
  percent: number;
  /** Of the agent, for the next If-Match. */
  revision: number;
}

export type Channel = 'web' | 'phone' | 'api' | 'terminal';

export interface Citation {
  document: string;
  chunk: number;
  title: string;
  quote: string;
  score: number;
}

/** Drop the audio that is not played yet. */
export interface ClearNotice {
  type: 'clear';
}

export interface ConversationDetail {
  conversation: ConversationOutput;
  messages: MessageOutput[];
  events: EventOutput[];
}

/** Nothing more comes from this conversation. */
export interface ConversationEndedNotice {
  type: 'conversation.ended';
  status: ConversationStatus;
  reason: EndReason;
}

export interface ConversationInput {
  /** Its id or its slug. */
  agent: string;
  mode?: ConversationMode | null;
  channel?: Channel | null;
  /** Yours; stored and given back as it is. */
  metadata?: Record<string, unknown> | null;
  /** published, draft or the number of a version. While nothing is published, published is the draft. */
  version?: string | null;
  /** What stays the same when the caller comes again: it meets the same canary or none. Not kept. */
  caller?: string | null;
}

export interface ConversationList {
  items: ConversationOutput[];
  next_cursor?: string;
}

/** One side's turn, as it is kept. */
export interface ConversationMessageNotice {
  type: 'conversation.message';
  ordinal: number;
  speaker: Speaker;
  /** What was recognized or generated. */
  said: string;
  /** What reached the other side. */
  heard: string;
  interrupted: boolean;
}

export type ConversationMode = 'voice' | 'text';

export interface ConversationOpened {
  conversation: ConversationOutput;
  /** Of a typed conversation. */
  greeting?: string;
  /** Of a spoken conversation. */
  socket?: SocketOutput;
}

export interface ConversationOutput {
  id: string;
  agent: string;
  /** The id of the version it runs on; absent: the draft. */
  agent_version?: string;
  channel: Channel;
  mode: ConversationMode;
  status: ConversationStatus;
  end_reason?: EndReason;
  metadata: Record<string, unknown>;
  started_at: string;
  ended_at?: string;
}

/** A conversation was begun. */
export interface ConversationStartedNotice {
  type: 'conversation.started';
  channel: Channel;
  mode: ConversationMode;
}

export type ConversationStatus = 'active' | 'ended' | 'failed';

export interface CurrentWorkspaceOutput {
  workspace: WorkspaceOutput;
  /** Of the key or person that asks. */
  role: Role;
  /** What the key or person may do here. */
  scopes: string[];
}

export type DocumentFormat = 'plain_text' | 'markdown';

export interface DocumentInput {
  title: string;
  format?: DocumentFormat | null;
  text: string;
}

export interface DocumentList {
  items: DocumentOutput[];
  next_cursor?: string;
}

export interface DocumentOutput {
  id: string;
  title: string;
  format: DocumentFormat;
  /** pending until the agent can answer from it; failed with the reason in error. */
  status: DocumentStatus;
  error?: string;
  /** Sentences that can be quoted. */
  chunk_count: number;
  revision: number;
  created_at: string;
  updated_at: string;
  /** Left out in lists. */
  text?: string;
}

export type DocumentStatus = 'pending' | 'ready' | 'failed';

export type EndReason = 'caller_hung_up' | 'agent_said_goodbye' | 'handed_over' | 'idle' | 'duration_limit' | 'ended_by_api' | 'transport_lost' | 'failure';

export interface EventOutput {
  sequence: number;
  kind: string;
  at_ms: number;
  payload: Record<string, unknown>;
}

export type FailureCode = 'recognition_failed' | 'synthesis_failed' | 'reply_failed' | 'reply_stalled' | 'transcript_missing';

/** Something failed; the conversation goes on. */
export interface FailureNotice {
  type: 'error';
  at_ms: number;
  code: FailureCode;
  /** For people. */
  message: string;
}

export interface FallbackConfiguration {
  /** Of two that were asked the first to answer speaks. */
  language_models: LanguageModelConfiguration[];
  /** The next one hears the caller's words again from their beginning. */
  recognizers: RecognizerConfiguration[];
  /** The next one goes on at a word border: choose voices that sound alike. */
  voices: VoiceConfiguration[];
}

export interface FallbackConfigurationInput {
  /** Of two that were asked the first to answer speaks. */
  language_models?: LanguageModelConfigurationInput[] | null;
  /** The next one hears the caller's words again from their beginning. */
  recognizers?: RecognizerConfigurationInput[] | null;
  /** The next one goes on at a word border: choose voices that sound alike. */
  voices?: VoiceConfigurationInput[] | null;
}

export interface FallbackConfigurationPatch {
  /** Of two that were asked the first to answer speaks. */
  language_models?: LanguageModelConfigurationInput[] | null;
  /** The next one hears the caller's words again from their beginning. */
  recognizers?: RecognizerConfigurationInput[] | null;
  /** The next one goes on at a word border: choose voices that sound alike. */
  voices?: VoiceConfigurationInput[] | null;
}

export interface FieldError {
  pointer: string;
  message: string;
}

export interface HangUpMessage {
  type: 'hang_up';
}

export interface HealthOutput {
  status: string;
}

export type HeardValue = 'open' | 'likely' | 'whole';

export type HeardWords = 'open' | 'dictating' | 'unknown' | 'closed';

export interface HttpTool {
  /** `remove` sends DELETE. */
  method: ToolMethod;
  /** `{name}` in its path or query stands for a required argument. The other arguments go into the query of get and remove, and as a JSON object into the body of the rest. */
  url: string;
  headers: ToolHeader[];
  /** A JSONPath that picks what the model is told; the whole answer where it is empty. Children, indexes, slices and wildcards. */
  result: string;
  /** A longer answer is cut off and is a failure. */
  response_bytes_max: number;
}

export interface HttpToolInput {
  /** `remove` sends DELETE. */
  method?: ToolMethod | null;
  /** `{name}` in its path or query stands for a required argument. The other arguments go into the query of get and remove, and as a JSON object into the body of the rest. */
  url: string;
  headers?: ToolHeader[] | null;
  /** A JSONPath that picks what the model is told; the whole answer where it is empty. Children, indexes, slices and wildcards. */
  result?: string | null;
  /** A longer answer is cut off and is a failure. */
  response_bytes_max?: number | null;
}

export interface InvitationInput {
  email: string;
  role: Role;
}

export interface InvitationList {
  items: InvitationOutput[];
  /** Absent on the last page. */
  next_cursor?: string;
}

export type InvitationMail = 'queued' | 'limited' | 'unavailable';

export interface InvitationOutput {
  id: string;
  email: string;
  role: Role;
  expires_at: string;
  accepted_at?: string;
  revoked_at?: string;
  created_by: string;
  created_at: string;
}

/** Work in the background was given up; shown to who holds jobs:read. */
export interface JobFailedNotice {
  type: 'job.failed';
  /** POST /api/jobs/{job}/retry has it tried again. */
  job: string;
  kind: string;
  attempts: number;
  /** Of the last attempt. */
  error: string;
}

export interface JobList {
  items: JobOutput[];
  next_cursor?: string;
}

export interface JobOutput {
  id: string;
  kind: string;
  /** failed: it is not tried again unless you ask for it. */
  state: JobState;
  attempts: number;
  attempts_max: number;
  /** Of the last attempt that failed. */
  last_error?: string;
  /** When it is, or was, due. */
  run_at: string;
  finished_at?: string;
  created_at: string;
}

export type JobState = 'waiting' | 'running' | 'succeeded' | 'failed';

export interface KeyChangePatch {
  name?: string;
  scopes?: string[] | null;
  expires_at?: string | null;
}

export interface KeyInput {
  name: string;
  /** The most the key may do; not more than you may. It stays. */
  role: Role;
  /** What of its role the key may use, as in GET /api/workspace. Empty: all of it, or all that you may use yourself. */
  scopes?: string[] | null;
  /** Never, when left out. */
  expires_at?: string | null;
}

export interface KeyList {
  items: KeyOutput[];
  /** Absent on the last page. */
  next_cursor?: string;
}

export interface KeyOutput {
  id: string;
  name: string;
  /** How the key begins, to recognise it by. */
  prefix: string;
  role: Role;
  /** Empty: all that the role holds. */
  scopes: string[];
  expires_at?: string;
  revoked_at?: string;
  /** To the minute; absent: never. */
  last_used_at?: string;
  created_by: string;
  created_at: string;
}

export interface KnowledgeConfiguration {
  enabled: boolean;
  passages_max: number;
  score_min?: number;
}

export interface KnowledgeConfigurationInput {
  enabled?: boolean | null;
  passages_max?: number | null;
  score_min?: number | null;
}

export interface KnowledgeConfigurationPatch {
  enabled?: boolean | null;
  passages_max?: number | null;
  score_min?: number | null;
}

export interface LanguageModelConfiguration {
  provider: ModelProvider;
  /** The provider's name for its model; for an embedded provider it stays empty. */
  model: string;
  /** Where the provider's API begins, such as https://llm.example/v1; empty: the provider's own. A private address has to be among the operator's --provider-targets. */
  base_url: string;
  /** The name of the secret, of kind provider_key, that holds the key; empty: no key is sent. */
  secret: string;
  /** Left out: the provider's default. */
  temperature?: number;
  /** Of one answer. */
  tokens_max: number;
  /** How long the first word of an answer may take; a spoken call waits 8 s at most. */
  patience_ms: number;
  /** The model may end the call and hand over, as tools. Off for servers that take no tools. */
  actions: boolean;
}

export interface LanguageModelConfigurationInput {
  provider?: ModelProvider | null;
  /** The provider's name for its model; for an embedded provider it stays empty. */
  model?: string | null;
  /** Where the provider's API begins, such as https://llm.example/v1; empty: the provider's own. A private address has to be among the operator's --provider-targets. */
  base_url?: string | null;
  /** The name of the secret, of kind provider_key, that holds the key; empty: no key is sent. */
  secret?: string | null;
  /** Left out: the provider's default. */
  temperature?: number | null;
  /** Of one answer. */
  tokens_max?: number | null;
  /** How long the first word of an answer may take; a spoken call waits 8 s at most. */
  patience_ms?: number | null;
  /** The model may end the call and hand over, as tools. Off for servers that take no tools. */
  actions?: boolean | null;
}

export interface LanguageModelConfigurationPatch {
  provider?: ModelProvider | null;
  /** The provider's name for its model; for an embedded provider it stays empty. */
  model?: string | null;
  /** Where the provider's API begins, such as https://llm.example/v1; empty: the provider's own. A private address has to be among the operator's --provider-targets. */
  base_url?: string | null;
  /** The name of the secret, of kind provider_key, that holds the key; empty: no key is sent. */
  secret?: string | null;
  /** Left out: the provider's default. */
  temperature?: number | null;
  /** Of one answer. */
  tokens_max?: number | null;
  /** How long the first word of an answer may take; a spoken call waits 8 s at most. */
  patience_ms?: number | null;
  /** The model may end the call and hand over, as tools. Off for servers that take no tools. */
  actions?: boolean | null;
}

/** Each from the end of the caller's speech. */
export interface LatencyOutput {
  turn_ended_ms?: number;
  transcript_final_ms?: number;
  first_text_ms?: number;
  first_audio_ready_ms?: number;
  first_audio_sent_ms?: number;
}

export interface LimitsConfiguration {
  duration_max_s: number;
  idle_reminder_s: number;
  idle_reminders_max: number;
}

export interface LimitsConfigurationInput {
  duration_max_s?: number | null;
  idle_reminder_s?: number | null;
  idle_reminders_max?: number | null;
}

export interface LimitsConfigurationPatch {
  duration_max_s?: number | null;
  idle_reminder_s?: number | null;
  idle_reminders_max?: number | null;
}

/** Something happened in the workspace. */
export interface LiveEventNotice {
  type: 'live.event';
  /** Rises; give the last one you saw as `after` to go on from there. */
  id: string;
  /** Absent in a WorkspaceEvent. */
  conversation?: string;
  /** Absent where it is not known. */
  agent?: string;
  /** A SessionEvent, ConversationEvent or WorkspaceEvent, told apart by its `type`. */
  event: Record<string, unknown>;
}

/** Events are missing: you read too slowly, or `after` is older than what is kept. */
export interface LiveGapNotice {
  type: 'live.gap';
  /** The last event before the gap. */
  after: string;
  /** How many, where it is known. Read what you need over the API. */
  missed?: number;
}

/** Every 15 seconds: the connection lives. */
export interface LiveHeartbeatNotice {
  type: 'live.heartbeat';
  at: string;
}

/** The first message: every event after this id follows. */
export interface LiveReadyNotice {
  type: 'live.ready';
  /** What to give as `after` when the connection breaks before the first event. */
  after: string;
}

export interface LiveTicketOutput {
  /** Open it as a WebSocket; add agent, conversation or after as parameters. */
  url: string;
  ticket: string;
  /** Until then it opens a socket, which lives on for ten minutes. */
  expires_at: string;
}

export interface MemberInput {
  role: Role;
}

export interface MemberList {
  items: MemberOutput[];
}

export interface MemberOutput {
  user: string;
  email: string;
  role: Role;
  /** Since when they belong here. */
  created_at: string;
}

export interface MessageInput {
  text: string;
}

export interface MessageOutput {
  ordinal: number;
  speaker: Speaker;
  /** What was recognized, or what the agent set out to say. */
  said: string;
  /** What reached the other side. */
  heard: string;
  interrupted: boolean;
  /** Since the conversation started. */
  started_ms: number;
  ended_ms: number;
  latency?: LatencyOutput;
  citations: Citation[];
}

export type ModelProvider = 'builtin' | 'openai';

export interface NewInvitationOutput {
  invitation: InvitationOutput;
  /** What accepts the invitation, once. It is shown here and never again. */
  token: string;
  /** The page that accepts it: what the mail holds. Shown here and never again. */
  link: string;
  /** queued: it is on its way. limited: too many were mailed to this address or from this workspace; unavailable: the mail queue is full. In both cases send the link yourself. */
  mail: InvitationMail;
}

export interface NewKeyOutput {
  details: KeyOutput;
  /** The key itself. It is shown here and never again. */
  key: string;
}

export interface OwnWorkspaceList {
  items: OwnWorkspaceOutput[];
}

export interface OwnWorkspaceOutput {
  workspace: WorkspaceOutput;
  /** Yours. */
  role: Role;
  /** It can be restored by an owner within 14 days of it. */
  deleted_at?: string;
}

export interface PartOutput {
  /** api, speech, postgresql or redis. */
  name: string;
  /** up, down or degraded. */
  state: string;
  detail?: string;
}

export interface PassageList {
  items: PassageOutput[];
}

export interface PassageOutput {
  document: string;
  title: string;
  heading: string;
  text: string;
  score: number;
}

export interface PauseOutput {
  began_ms: number;
  ended_ms: number;
}

export interface PeaksOutput {
  duration_ms: number;
  from_ms: number;
  to_ms: number;
  /** Lowest and highest sample of each point by turns, -32768 to 32767: twice `points` numbers. */
  caller: number[];
  /** Likewise. */
  agent: number[];
}

export interface PhrasesConfiguration {
  unknown: string;
  handover: string;
  goodbye: string;
  reminder: string;
  clarify: string;
}

export interface PhrasesConfigurationInput {
  unknown?: string | null;
  handover?: string | null;
  goodbye?: string | null;
  reminder?: string | null;
  clarify?: string | null;
}

export interface PhrasesConfigurationPatch {
  unknown?: string | null;
  handover?: string | null;
  goodbye?: string | null;
  reminder?: string | null;
  clarify?: string | null;
}

export interface PriceInput {
  /** As /api/usage?group_by=provider names it; antiphon for minutes and messages. */
  provider: string;
  /** Left out: every model of the provider without a price of its own. */
  model: string;
  kind: UsageKind;
  /** A day written as 2026-11-22; left out: always. */
  valid_from: string;
  /** Millionths of your currency, for so many units as `per` says. */
  micros: number;
  /** 1000000 for a price per million tokens, 60000 for one per minute. */
  per: number;
}

export interface PriceInputInput {
  /** As /api/usage?group_by=provider names it; antiphon for minutes and messages. */
  provider: string;
  /** Left out: every model of the provider without a price of its own. */
  model?: string | null;
  kind: UsageKind;
  /** A day written as 2026-11-22; left out: always. */
  valid_from?: string | null;
  /** Millionths of your currency, for so many units as `per` says. */
  micros: number;
  /** 1000000 for a price per million tokens, 60000 for one per minute. */
  per: number;
}

export interface PriceList {
  items: PriceInput[];
}

export interface PriceListInput {
  items: PriceInputInput[];
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

export interface Pronunciation {
  written: string;
  spoken: string;
  whole_words: boolean;
  match_case: boolean;
}

export interface PronunciationInput {
  written: string;
  spoken: string;
  whole_words?: boolean | null;
  match_case?: boolean | null;
}

/** Parts of an agent's configuration; those that are given are asked. */
export interface ProviderCheckInput {
  language_model?: LanguageModelConfigurationInput | null;
  recognizer?: RecognizerConfigurationInput | null;
  voice?: VoiceConfigurationInput | null;
}

export interface ProviderFindingOutput {
  /** language_model, recognizer or voice. */
  part: string;
  works: boolean;
  /** To its first word, text or sound. */
  took_ms: number;
  /** What it did, or what is wrong and what to do. */
  message: string;
}

export interface ProviderReport {
  findings: ProviderFindingOutput[];
}

export interface PublicationOutput {
  version: VersionSummary;
  /** Since what conversations ran on before; none for the first version. */
  changes: VersionChangeOutput[];
  /** Of the agent, for the next If-Match. */
  revision: number;
}

export interface PublishInput {
  /** What changed and why, for those who come later. */
  note?: string | null;
}

export interface QuestionInput {
  question: string;
}

export interface QuotaLine {
  used: number;
  /** Left out: no limit. */
  max?: number;
}

/** What is left out or null has no limit. */
export interface QuotasInput {
  /** At once. A typed one counts for ten minutes. */
  conversations_max?: number | null;
  /** Of spoken conversation, a month (UTC). */
  minutes_max?: number | null;
  /** Of recordings and documents. */
  storage_bytes_max?: number | null;
  /** A month, in millionths of the currency of your prices. */
  spend_micros_max?: number | null;
}

export interface QuotasOutput {
  /** That minutes and spend are of (UTC). */
  month: string;
  conversations: QuotaLine;
  /** Whole minutes that have been begun. */
  minutes: QuotaLine;
  storage_bytes: QuotaLine;
  spend_micros: QuotaLine;
}

export interface ReadinessOutput {
  ready: boolean;
  parts: PartOutput[];
}

export interface RecognizerConfiguration {
  provider: RecognizerProvider;
  /** The provider's name for its model; for an embedded provider it stays empty. */
  model: string;
  /** Where the provider's API begins, such as https://llm.example/v1; empty: the provider's own. A private address has to be among the operator's --provider-targets. */
  base_url: string;
  /** The name of the secret, of kind provider_key, that holds the key; empty: no key is sent. */
  secret: string;
}

export interface RecognizerConfigurationInput {
  provider?: RecognizerProvider | null;
  /** The provider's name for its model; for an embedded provider it stays empty. */
  model?: string | null;
  /** Where the provider's API begins, such as https://llm.example/v1; empty: the provider's own. A private address has to be among the operator's --provider-targets. */
  base_url?: string | null;
  /** The name of the secret, of kind provider_key, that holds the key; empty: no key is sent. */
  secret?: string | null;
}

export interface RecognizerConfigurationPatch {
  provider?: RecognizerProvider | null;
  /** The provider's name for its model; for an embedded provider it stays empty. */
  model?: string | null;
  /** Where the provider's API begins, such as https://llm.example/v1; empty: the provider's own. A private address has to be among the operator's --provider-targets. */
  base_url?: string | null;
  /** The name of the secret, of kind provider_key, that holds the key; empty: no key is sent. */
  secret?: string | null;
}

export type RecognizerProvider = 'moonshine' | 'openai';

export interface RecordingConfiguration {
  enabled: boolean;
}

export interface RecordingConfigurationInput {
  enabled?: boolean | null;
}

export interface RecordingConfigurationPatch {
  enabled?: boolean | null;
}

export type RecordingEnd = 'call_ended' | 'server_ended' | 'disk_full' | 'disk_failed' | 'length_limit';

export interface RecordingOutput {
  conversation: string;
  started_at: string;
  /** Position 0 is the zero of at_ms in the conversation's events. */
  duration_ms: number;
  /** Why it ends where it does: server_ended may lack the last second. */
  end: RecordingEnd;
  /** Of the file on the server's disk. */
  byte_count: number;
  /** Of that file, in hexadecimal; the ETag of the sound. */
  sha256: string;
  /** Silence on both channels, because it was asked for. */
  pauses: PauseOutput[];
  /** Sound that is missing because it came faster than it could be kept. */
  lost_ms: number;
  /** Added to the caller's side, or taken from it: that clock is not ours. */
  corrected_ms: number;
}

/** Nothing of either side is kept from here on. */
export interface RecordingPausedNotice {
  type: 'recording.paused';
  at_ms: number;
}

/** It is kept again. */
export interface RecordingResumedNotice {
  type: 'recording.resumed';
  at_ms: number;
}

/** The sound of this call is kept. */
export interface RecordingStartedNotice {
  type: 'recording.started';
  at_ms: number;
}

/** The reply was spoken to its end. */
export interface ReplyEndedNotice {
  type: 'reply.ended';
  at_ms: number;
  generation: string;
  /** What reached the caller. */
  heard: string;
}

/** The reply was cut off. */
export interface ReplyInterruptedNotice {
  type: 'reply.interrupted';
  at_ms: number;
  generation: string;
  /** What reached the caller. */
  heard: string;
}

/** Where the time went, from the caller's last sound, as far as it happened. */
export interface ReplyLatencyNotice {
  type: 'reply.latency';
  at_ms: number;
  generation: string;
  /** The end of the turn was decided. */
  turn_ended_ms?: number;
  /** The last word was recognized. */
  transcript_final_ms?: number;
  /** The first text of the reply. */
  first_text_ms?: number;
  /** The synthesizer's first samples. */
  first_audio_ready_ms?: number;
  /** The first audible frame left for the caller. */
  first_audio_sent_ms?: number;
}

export type ReplyPrompt = 'answer' | 'greeting' | 'reminder' | 'goodbye' | 'clarify' | 'trouble' | 'rest';

/** The agent is about to speak. */
export interface ReplyStartedNotice {
  type: 'reply.started';
  at_ms: number;
  generation: string;
  /** Why it speaks. */
  prompt: ReplyPrompt;
}

/** The clause that is spoken next. */
export interface ReplyTextNotice {
  type: 'reply.text';
  at_ms: number;
  generation: string;
  text: string;
}

export interface ReplyTextOutput {
  text: string;
  citations: Citation[];
}

export type Role = 'owner' | 'admin' | 'developer' | 'operator' | 'analyst';

export interface RollbackInput {
  /** The number of the one to publish again. */
  version: number;
  note?: string | null;
}

export interface SecretInput {
  kind: SecretKind;
  /** Sealed at once; no answer ever holds it. At most 8,192 bytes. */
  value: string;
}

export type SecretKind = 'provider_key' | 'tool_secret' | 'sip_password' | 'webhook_secret';

export interface SecretList {
  items: SecretOutput[];
  /** Absent on the last page. */
  next_cursor?: string;
}

export interface SecretOutput {
  id: string;
  name: string;
  kind: SecretKind;
  /** The last four characters; absent where the value is shorter than twelve. */
  hint?: string;
  /** Rises with every replacement. */
  revision: number;
  created_at: string;
  updated_at: string;
}

/** The last event of a call. */
export interface SessionEndedNotice {
  type: 'session.ended';
  at_ms: number;
  reason: EndReason;
}

export interface SessionInput {
  /** As /auth/v1/token gives it. One of access_token, refresh_token, or email with password. */
  access_token?: string | null;
  /** Its session becomes the studio's. */
  refresh_token?: string | null;
  email?: string | null;
  password?: string | null;
  /** What the authenticator app shows, where the account has a second factor and the session has not shown it. */
  code?: string | null;
}

export interface SessionList {
  items: SessionListItem[];
}

export interface SessionListItem {
  id: string;
  /** The one that asks. */
  current: boolean;
  /** A cookie of the studio stands for it. */
  studio: boolean;
  /** From where it was begun or last refreshed. */
  address: string;
  /** What the browser or program called itself. */
  agent: string;
  created_at: string;
  /** To the minute in the studio; elsewhere when its token was refreshed. */
  last_used_at: string;
  /** Of a cookie: when it ends at the latest. */
  expires_at?: string;
}

export interface SessionOutput {
  user: string;
  email: string;
  /** Send it as Antiphon-Csrf with everything that changes something. Absent when an access token asks. */
  csrf_token?: string;
  /** The session ends then, or after 12 hours without use. */
  expires_at?: string;
}

/** The call has begun. */
export interface SessionStartedNotice {
  type: 'session.started';
  at_ms: number;
  conversation: string;
  agent: string;
}

/** The models are still loading; the call begins when they are there. */
export interface SessionWaitingNotice {
  type: 'session.waiting';
  at_ms: number;
  message: string;
}

export interface SessionWorkspaceInput {
  workspace: string;
}

/** Where to speak: connect a WebSocket to this path of the same host. */
export interface SocketOutput {
  path: string;
  /** Part of the path already; works once. */
  token: string;
  expires_at: string;
}

export type Speaker = 'caller' | 'agent';

/** The caller's turn is over. */
export interface SpeechEndedNotice {
  type: 'caller.speech_ended';
  at_ms: number;
  turn: number;
  /** The caller's last sound, on the clock of at_ms. */
  speech_end_ms: number;
  /** Whether what was said may end there. */
  words: HeardWords;
  /** How much of the value is there that was asked for. */
  value?: HeardValue;
  /** What the turn detector says of the sound. */
  complete_percent?: number;
}

/** The caller begins to speak. */
export interface SpeechStartedNotice {
  type: 'caller.speech_started';
  at_ms: number;
  turn: number;
}

export interface ToolConfiguration {
  kind: ToolKind;
  /** What it does and when to use it, for the language model. */
  description: string;
  /** A JSON Schema of its arguments; they are checked against it. */
  parameters: Record<string, unknown>;
  /** A tool that acts only runs on the caller's word: never because of what another tool said in the same answer. */
  effect: ToolEffect;
  /** Asking twice does no more than asking once: only then a failure is retried. */
  idempotent: boolean;
  timeout_ms: number;
  /** How long it usually takes. From one second on the first filler is said at once, otherwise when it has taken a second. */
  latency_ms: number;
  /** Said in this order while the caller waits. */
  fillers: string[];
  /** Of kind http, and required there. */
  http?: HttpTool;
}

export interface ToolConfigurationInput {
  kind?: ToolKind | null;
  /** What it does and when to use it, for the language model. */
  description: string;
  /** A JSON Schema of its arguments; they are checked against it. */
  parameters?: Record<string, unknown> | null;
  /** A tool that acts only runs on the caller's word: never because of what another tool said in the same answer. */
  effect?: ToolEffect | null;
  /** Asking twice does no more than asking once: only then a failure is retried. */
  idempotent?: boolean | null;
  timeout_ms?: number | null;
  /** How long it usually takes. From one second on the first filler is said at once, otherwise when it has taken a second. */
  latency_ms?: number | null;
  /** Said in this order while the caller waits. */
  fillers?: string[] | null;
  /** Of kind http, and required there. */
  http?: HttpToolInput | null;
}

export type ToolEffect = 'reads' | 'acts';

/** It was not done; the reply goes on without it. */
export interface ToolFailedNotice {
  type: 'tool.failed';
  at_ms: number;
  generation: string;
  call: string;
  tool: string;
  duration_ms: number;
  /** Why. */
  problem: ToolProblem;
}

/** It was done; the reply goes on with the result. */
export interface ToolFinishedNotice {
  type: 'tool.finished';
  at_ms: number;
  generation: string;
  call: string;
  tool: string;
  duration_ms: number;
}

export interface ToolHeader {
  name: string;
  /** `secret:NAME` in it stands for a secret of kind tool_secret. It is put in when the request is sent; no model ever sees it. */
  value: string;
}

export interface ToolInput {
  configuration: ToolConfigurationInput;
}

export type ToolKind = 'http' | 'lookup' | 'note';

export interface ToolList {
  items: ToolOutput[];
  /** Absent on the last page. */
  next_cursor?: string;
}

export type ToolMethod = 'get' | 'post' | 'put' | 'patch' | 'remove';

export interface ToolOutput {
  id: string;
  name: string;
  configuration: ToolConfiguration;
  /** Rises with every change; send it back as If-Match to change what you read. */
  revision: number;
  created_at: string;
  updated_at: string;
}

export type ToolProblem = 'none' | 'unknown_tool' | 'bad_arguments' | 'not_confirmed' | 'limit' | 'timeout' | 'refused' | 'unavailable' | 'status' | 'bad_answer' | 'too_large' | 'cancelled';

/** The agent does something in a system of its workspace. */
export interface ToolStartedNotice {
  type: 'tool.started';
  at_ms: number;
  generation: string;
  /** Which of the reply's calls, as the model named it. */
  call: string;
  /** The tool's name. */
  tool: string;
}

/** What the caller said. A later one of the same turn replaces it: the caller went on. */
export interface TranscriptFinalNotice {
  type: 'transcript.final';
  at_ms: number;
  turn: number;
  text: string;
}

/** What was understood so far; it may change. */
export interface TranscriptPartialNotice {
  type: 'transcript.partial';
  at_ms: number;
  turn: number;
  /** The whole turn so far. */
  text: string;
}

export interface TurnConfiguration {
  profile: TurnProfile;
  silence_min_ms: number;
  silence_max_ms: number;
  pause_after_ms: number;
  stop_after_ms: number;
  interruptible: boolean;
  speculative: boolean;
  backchannels: string[];
}

export interface TurnConfigurationInput {
  profile?: TurnProfile | null;
  silence_min_ms?: number | null;
  silence_max_ms?: number | null;
  pause_after_ms?: number | null;
  stop_after_ms?: number | null;
  interruptible?: boolean | null;
  speculative?: boolean | null;
  backchannels?: string[] | null;
}

export interface TurnConfigurationPatch {
  profile?: TurnProfile | null;
  silence_min_ms?: number | null;
  silence_max_ms?: number | null;
  pause_after_ms?: number | null;
  stop_after_ms?: number | null;
  interruptible?: boolean | null;
  speculative?: boolean | null;
  backchannels?: string[] | null;
}

export type TurnProfile = 'fast' | 'balanced' | 'patient';

export interface TypedMessage {
  type: 'text';
  text: string;
}

export interface UsageAnswer {
  from: string;
  to: string;
  group_by: UsageGrouping;
  items: UsageLine[];
  total: UsageLine;
}

export type UsageFormat = 'json' | 'csv';

export type UsageGrouping = 'day' | 'agent' | 'provider' | 'kind';

export type UsageKind = 'conversation_ms' | 'typed_messages' | 'recognized_ms' | 'synthesized_characters' | 'heard_characters' | 'replies' | 'input_tokens' | 'output_tokens';

export interface UsageLine {
  /** The day, the agent's id, provider/model, or the kind. `total` in the sum of all. */
  group: string;
  /** Of spoken conversation. */
  conversation_ms: number;
  typed_messages: number;
  /** Of sound given to speech-to-text. */
  recognized_ms: number;
  /** Given to text-to-speech, heard or not. */
  synthesized_characters: number;
  /** Of what the agent said: what reached the caller. */
  heard_characters: number;
  /** Asked of the language model, also those that were given up. */
  replies: number;
  /** Where the model's provider tells. */
  input_tokens: number;
  output_tokens: number;
  /** In millionths of the currency of your prices; without a price 0. */
  cost_micros: number;
}

export interface VersionChangeOutput {
  /** The place in the configuration, as a JSON pointer. */
  pointer: string;
  /** As JSON text; absent where nothing was. */
  before?: string;
  /** As JSON text; absent where nothing is. */
  after?: string;
}

export interface VersionDetail {
  version: VersionSummary;
  configuration: AgentConfiguration;
}

export interface VersionDiffOutput {
  changes: VersionChangeOutput[];
}

/** Of the conversations that began on it in the last 30 days. */
export interface VersionFiguresOutput {
  conversations: number;
  duration_median_ms?: number;
  /** How many ended for which reason. */
  outcomes: VersionOutcome[];
}

export interface VersionListItem {
  version: VersionSummary;
  /** Conversations run on it unless they ask for another. */
  published: boolean;
  /** Of the callers who meet it instead of the published one. */
  canary_percent?: number;
  figures: VersionFiguresOutput;
}

export interface VersionListOutput {
  items: VersionListItem[];
  /** Absent on the last page. */
  next_cursor?: string;
}

export interface VersionOutcome {
  reason: EndReason;
  conversations: number;
}

export interface VersionSummary {
  id: string;
  number: number;
  note: string;
  /** user: or api_key: and the id of who published it. */
  created_by: string;
  created_at: string;
}

export interface VoiceConfiguration {
  provider: VoiceProvider;
  name: string;
  speed: number;
  /** The provider's name for its model; for an embedded provider it stays empty. */
  model: string;
  /** Where the provider's API begins, such as https://llm.example/v1; empty: the provider's own. A private address has to be among the operator's --provider-targets. */
  base_url: string;
  /** The name of the secret, of kind provider_key, that holds the key; empty: no key is sent. */
  secret: string;
}

export interface VoiceConfigurationInput {
  provider?: VoiceProvider | null;
  name?: string | null;
  speed?: number | null;
  /** The provider's name for its model; for an embedded provider it stays empty. */
  model?: string | null;
  /** Where the provider's API begins, such as https://llm.example/v1; empty: the provider's own. A private address has to be among the operator's --provider-targets. */
  base_url?: string | null;
  /** The name of the secret, of kind provider_key, that holds the key; empty: no key is sent. */
  secret?: string | null;
}

export interface VoiceConfigurationPatch {
  provider?: VoiceProvider | null;
  name?: string | null;
  speed?: number | null;
  /** The provider's name for its model; for an embedded provider it stays empty. */
  model?: string | null;
  /** Where the provider's API begins, such as https://llm.example/v1; empty: the provider's own. A private address has to be among the operator's --provider-targets. */
  base_url?: string | null;
  /** The name of the secret, of kind provider_key, that holds the key; empty: no key is sent. */
  secret?: string | null;
}

export type VoiceProvider = 'piper' | 'openai';

export interface WidgetAnalytics {
  items: WidgetDayOutput[];
  total: WidgetDayOutput;
}

export interface WidgetCallOutput {
  conversation: string;
  /** Connect a WebSocket to it, once; see the audio socket's page. */
  path: string;
  expires_at: string;
}

export interface WidgetDayOutput {
  /** `total` in the sum of all. */
  day: string;
  /** As widgets say; whoever blocks analytics is not in it. */
  opened: number;
  conversations: number;
  /** That visitors typed. */
  messages: number;
  calls: number;
  call_ms: number;
  /** Conversations that ended, other than by a lost connection. */
  completed: number;
  rated_up: number;
  rated_down: number;
  suggestion_used: number;
  microphone_refused: number;
  microphone_missing: number;
  microphone_silent: number;
  call_failed: number;
  message_failed: number;
}

export type WidgetEventKind = 'opened' | 'closed' | 'suggestion_used' | 'microphone_refused' | 'microphone_missing' | 'microphone_silent' | 'call_failed' | 'message_failed';

export interface WidgetEventsInput {
  events: WidgetEventKind[];
}

export interface WidgetFeedbackInput {
  conversation: string;
  rating: WidgetRating;
  comment?: string | null;
}

export interface WidgetHistory {
  /** Of the visitor's last five conversations, the oldest first. */
  items: WidgetTurnOutput[];
  /** The one that takes the next message. */
  conversation?: string;
}

export interface WidgetIdentityInput {
  id: string;
  /** HMAC-SHA-256 of the id under the widget's secret, in hex; made by your server. */
  hash: string;
}

export interface WidgetLook {
  title: string;
  subtitle: string;
  greeting: string;
  theme: WidgetTheme;
  accent: string;
  position: WidgetPosition;
  mode: WidgetMode;
  consent: string;
  suggestions: string[];
}

export interface WidgetMessageInput {
  /** Chosen by you. Sent twice, a message is answered once; the second gets 409. */
  id: string;
  /** Of conversation.opened; left out, a new one begins. */
  conversation?: string | null;
  text: string;
}

export type WidgetMode = 'both' | 'text' | 'voice';

export type WidgetPosition = 'bottom_right' | 'bottom_left' | 'top_right' | 'top_left';

export type WidgetRating = 'up' | 'down';

export interface WidgetReplyText {
  text: string;
}

export interface WidgetSessionInput {
  /** Of an earlier session of this browser: the visitor stays the same. */
  resume?: string | null;
  identity?: WidgetIdentityInput | null;
}

export interface WidgetSessionOutput {
  /** Send it as `Authorization: Bearer …` from the same origin, for ten minutes. */
  token: string;
  expires_at: string;
  /** Keep it in the browser; absent for a visitor with an identity. */
  resume?: string;
  look: WidgetLook;
}

export interface WidgetSettings {
  /** While false, no page gets a session. */
  enabled: boolean;
  /** The websites that may show it, exactly: https://www.example.com */
  allowed_origins: string[];
  /** Pages of this server, /demo among them, may show it too. */
  own_pages: boolean;
  title: string;
  subtitle: string;
  /** Shown before the visitor writes; empty: the agent's own greeting. */
  greeting: string;
  theme: WidgetTheme;
  /** #rrggbb; empty: the widget's own. The colour of text on it is computed. */
  accent: string;
  position: WidgetPosition;
  mode: WidgetMode;
  /** When set, the visitor agrees to this text before anything is sent. */
  consent: string;
  /** Questions offered as buttons at the beginning. */
  suggestions: string[];
  /** The name of a tool_secret. A page then says who its visitor is, with the HMAC-SHA-256 of the visitor's id under that secret, in hex. */
  identity_secret: string;
  /** Only visitors with an identity get a session. */
  identity_required: boolean;
}

export interface WidgetSettingsInput {
  /** While false, no page gets a session. */
  enabled?: boolean | null;
  /** The websites that may show it, exactly: https://www.example.com */
  allowed_origins?: string[] | null;
  /** Pages of this server, /demo among them, may show it too. */
  own_pages?: boolean | null;
  title?: string | null;
  subtitle?: string | null;
  /** Shown before the visitor writes; empty: the agent's own greeting. */
  greeting?: string | null;
  theme?: WidgetTheme | null;
  /** #rrggbb; empty: the widget's own. The colour of text on it is computed. */
  accent?: string | null;
  position?: WidgetPosition | null;
  mode?: WidgetMode | null;
  /** When set, the visitor agrees to this text before anything is sent. */
  consent?: string | null;
  /** Questions offered as buttons at the beginning. */
  suggestions?: string[] | null;
  /** The name of a tool_secret. A page then says who its visitor is, with the HMAC-SHA-256 of the visitor's id under that secret, in hex. */
  identity_secret?: string | null;
  /** Only visitors with an identity get a session. */
  identity_required?: boolean | null;
}

export type WidgetTheme = 'system' | 'light' | 'dark';

export interface WidgetTurnOutput {
  conversation: string;
  mode: ConversationMode;
  speaker: Speaker;
  /** What was written or heard, not what the agent had meant to say. */
  text: string;
  interrupted: boolean;
  at: string;
}

export interface WorkspaceInput {
  name: string;
  /** Lower-case words joined by -, of nobody else; made from the name when left out. */
  slug?: string | null;
}

export interface WorkspaceInputPatch {
  name?: string;
  /** Lower-case words joined by -, of nobody else; made from the name when left out. */
  slug?: string | null;
}

export interface WorkspaceOutput {
  id: string;
  slug: string;
  name: string;
  /** Rises with every change; send it back as If-Match to change what you read. */
  revision: number;
  created_at: string;
  updated_at: string;
}

/** What a client of a conversation receives. */
export type SessionEvent = SessionWaitingNotice | SessionStartedNotice | SpeechStartedNotice | SpeechEndedNotice | TranscriptPartialNotice | TranscriptFinalNotice | ReplyStartedNotice | ReplyTextNotice | ReplyInterruptedNotice | ReplyEndedNotice | ReplyLatencyNotice | AgentPausedNotice | AgentResumedNotice | ToolStartedNotice | ToolFinishedNotice | ToolFailedNotice | RecordingStartedNotice | RecordingPausedNotice | RecordingResumedNotice | ClearNotice | FailureNotice | SessionEndedNotice;

/** What a client of the audio socket may send as text. */
export type ClientEvent = TypedMessage | HangUpMessage;

/** What a listener of `/api/live` receives; `live.event` carries a SessionEvent, a ConversationEvent or a WorkspaceEvent. */
export type LiveEvent = LiveReadyNotice | LiveEventNotice | LiveGapNotice | LiveHeartbeatNotice;

/** What `live.event` carries beside the session's events. */
export type ConversationEvent = ConversationStartedNotice | ConversationMessageNotice | ConversationEndedNotice;

/** What `live.event` carries that is of no conversation. */
export type WorkspaceEvent = JobFailedNotice;

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

export interface Operations {
  /** List agents, newest first. */
  'agents.list': {
    method: 'GET';
    path: '/api/agents';
    parameters: undefined;
    query: { limit?: number; cursor?: string; search?: string; status?: AgentStatus; };
    request: undefined;
    response: AgentList;
    events: undefined;
  };
  /** Create an agent. */
  'agents.create': {
    method: 'POST';
    path: '/api/agents';
    parameters: undefined;
    query: undefined;
    request: AgentInput;
    response: AgentOutput;
    events: undefined;
  };
  /** Read an agent, by id or slug. */
  'agents.get': {
    method: 'GET';
    path: '/api/agents/{agent}';
    parameters: { agent: string; };
    query: undefined;
    request: undefined;
    response: AgentOutput;
    events: undefined;
  };
  /** Replace an agent; fields left out return to defaults. */
  'agents.replace': {
    method: 'PUT';
    path: '/api/agents/{agent}';
    parameters: { agent: string };
    query: undefined;
    request: AgentInput;
    response: AgentOutput;
    events: undefined;
  };
  /** Change some fields of an agent (RFC 7396). */
  'agents.patch': {
    method: 'PATCH';
    path: '/api/agents/{agent}';
    parameters: { agent: string };
    query: undefined;
    request: AgentInputPatch;
    response: AgentOutput;
    events: undefined;
  };
  /** Remove an agent that no conversation refers to. */
  'agents.remove': {
    method: 'DELETE';
    path: '/api/agents/{agent}';
    parameters: { agent: string };
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
  /** Copy an agent with its configuration and knowledge bases. */
  'agents.duplicate': {
    method: 'POST';
    path: '/api/agents/{agent}/duplicate';
    parameters: { agent: string };
    query: undefined;
    request: undefined;
    response: AgentOutput;
    events: undefined;
  };
  /** List the versions of an agent, newest first. */
  'versions.list': {
    method: 'GET';
    path: '/api/agents/{agent}/versions';
    parameters: { agent: string; };
    query: { limit?: number; cursor?: string; };
    request: undefined;
    response: VersionListOutput;
    events: undefined;
  };
  /** Read a version of an agent, with its configuration. */
  'versions.get': {
    method: 'GET';
    path: '/api/agents/{agent}/versions/{version}';
    parameters: { agent: string; version: number; };
    query: undefined;
    request: undefined;
    response: VersionDetail;
    events: undefined;
  };
  /** What changed between two versions, or to the draft. */
  'versions.diff': {
    method: 'GET';
    path: '/api/agents/{agent}/diff';
    parameters: { agent: string; };
    query: { from?: string; to?: string; };
    request: undefined;
    response: VersionDiffOutput;
    events: undefined;
  };
  /** Publish the draft of an agent as a new version. */
  'versions.publish': {
    method: 'POST';
    path: '/api/agents/{agent}/publish';
    parameters: { agent: string; };
    query: undefined;
    request: PublishInput;
    response: PublicationOutput;
    events: undefined;
  };
  /** Publish an old version again, as a new one. */
  'versions.rollback': {
    method: 'POST';
    path: '/api/agents/{agent}/rollback';
    parameters: { agent: string; };
    query: undefined;
    request: RollbackInput;
    response: PublicationOutput;
    events: undefined;
  };
  /** Let a share of the callers meet another version. */
  'canary.start': {
    method: 'PUT';
    path: '/api/agents/{agent}/canary';
    parameters: { agent: string; };
    query: undefined;
    request: CanaryInput;
    response: CanaryOutput;
    events: undefined;
  };
  /** Let every caller meet the published version again. */
  'canary.stop': {
    method: 'DELETE';
    path: '/api/agents/{agent}/canary';
    parameters: { agent: string; };
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
  /** List an agent's documents. */
  'documents.list': {
    method: 'GET';
    path: '/api/agents/{agent}/documents';
    parameters: { agent: string };
    query: { limit?: number; cursor?: string; };
    request: undefined;
    response: DocumentList;
    events: undefined;
  };
  /** Give an agent a document to answer from. */
  'documents.create': {
    method: 'POST';
    path: '/api/agents/{agent}/documents';
    parameters: { agent: string };
    query: undefined;
    request: DocumentInput;
    response: DocumentOutput;
    events: undefined;
  };
  /** Read a document with its text. */
  'documents.get': {
    method: 'GET';
    path: '/api/agents/{agent}/documents/{document}';
    parameters: { agent: string; document: string };
    query: undefined;
    request: undefined;
    response: DocumentOutput;
    events: undefined;
  };
  /** Replace a document; the next answer uses the new text. */
  'documents.replace': {
    method: 'PUT';
    path: '/api/agents/{agent}/documents/{document}';
    parameters: { agent: string; document: string };
    query: undefined;
    request: DocumentInput;
    response: DocumentOutput;
    events: undefined;
  };
  /** Remove a document. */
  'documents.remove': {
    method: 'DELETE';
    path: '/api/agents/{agent}/documents/{document}';
    parameters: { agent: string; document: string };
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
  /** Show what the agent's knowledge holds for a question. */
  'knowledge.ask': {
    method: 'POST';
    path: '/api/agents/{agent}/questions';
    parameters: { agent: string };
    query: undefined;
    request: QuestionInput;
    response: PassageList;
    events: undefined;
  };
  /** Open a conversation with an agent. */
  'conversations.create': {
    method: 'POST';
    path: '/api/conversations';
    parameters: undefined;
    query: undefined;
    request: ConversationInput;
    response: ConversationOpened;
    events: undefined;
  };
  /** List conversations, newest first. */
  'conversations.list': {
    method: 'GET';
    path: '/api/conversations';
    parameters: undefined;
    query: { limit?: number; cursor?: string; agent?: string; status?: ConversationStatus; };
    request: undefined;
    response: ConversationList;
    events: undefined;
  };
  /** Read a conversation: what was said, what was heard, and when. */
  'conversations.get': {
    method: 'GET';
    path: '/api/conversations/{conversation}';
    parameters: { conversation: string };
    query: undefined;
    request: undefined;
    response: ConversationDetail;
    events: undefined;
  };
  /** End a conversation. */
  'conversations.end': {
    method: 'POST';
    path: '/api/conversations/{conversation}/end';
    parameters: { conversation: string };
    query: undefined;
    request: undefined;
    response: ConversationOutput;
    events: undefined;
  };
  /** Say something to the agent in writing. */
  'conversations.type': {
    method: 'POST';
    path: '/api/conversations/{conversation}/messages';
    parameters: { conversation: string };
    query: undefined;
    request: MessageInput;
    response: undefined;
    events: ReplyTextOutput;
  };
  /** Listen to a conversation: the caller left, the agent right. */
  'recordings.listen': {
    method: 'GET';
    path: '/api/conversations/{conversation}/recording';
    parameters: { conversation: string };
    query: undefined;
    request: undefined;
    response: Blob;
    events: undefined;
  };
  /** What is known of a recording. */
  'recordings.get': {
    method: 'GET';
    path: '/api/conversations/{conversation}/recording/details';
    parameters: { conversation: string };
    query: undefined;
    request: undefined;
    response: RecordingOutput;
    events: undefined;
  };
  /** The outline of the sound, for drawing it. */
  'recordings.peaks': {
    method: 'GET';
    path: '/api/conversations/{conversation}/recording/peaks';
    parameters: { conversation: string };
    query: { points?: number; from_ms?: number; to_ms?: number; };
    request: undefined;
    response: PeaksOutput;
    events: undefined;
  };
  /** Keep what is said from now on out of the recording. */
  'recordings.pause': {
    method: 'POST';
    path: '/api/conversations/{conversation}/recording/pause';
    parameters: { conversation: string };
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
  /** Go on recording. */
  'recordings.resume': {
    method: 'POST';
    path: '/api/conversations/{conversation}/recording/resume';
    parameters: { conversation: string };
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
  /** List secrets, newest first, without their values. */
  'secrets.list': {
    method: 'GET';
    path: '/api/secrets';
    parameters: undefined;
    query: { limit?: number; cursor?: string; };
    request: undefined;
    response: SecretList;
    events: undefined;
  };
  /** Read what is known of a secret, without its value. */
  'secrets.get': {
    method: 'GET';
    path: '/api/secrets/{name}';
    parameters: { name: string; };
    query: undefined;
    request: undefined;
    response: SecretOutput;
    events: undefined;
  };
  /** Make or replace a secret. */
  'secrets.put': {
    method: 'PUT';
    path: '/api/secrets/{name}';
    parameters: { name: string; };
    query: undefined;
    request: SecretInput;
    response: SecretOutput;
    events: undefined;
  };
  /** Remove a secret. */
  'secrets.remove': {
    method: 'DELETE';
    path: '/api/secrets/{name}';
    parameters: { name: string; };
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
  /** Ask providers for a word, to see whether they can be used. */
  'providers.check': {
    method: 'POST';
    path: '/api/providers/check';
    parameters: undefined;
    query: undefined;
    request: ProviderCheckInput;
    response: ProviderReport;
    events: undefined;
  };
  /** List tools, newest first. */
  'tools.list': {
    method: 'GET';
    path: '/api/tools';
    parameters: undefined;
    query: { limit?: number; cursor?: string; };
    request: undefined;
    response: ToolList;
    events: undefined;
  };
  /** Read a tool. */
  'tools.get': {
    method: 'GET';
    path: '/api/tools/{name}';
    parameters: { name: string; };
    query: undefined;
    request: undefined;
    response: ToolOutput;
    events: undefined;
  };
  /** Make or replace a tool. */
  'tools.put': {
    method: 'PUT';
    path: '/api/tools/{name}';
    parameters: { name: string; };
    query: undefined;
    request: ToolInput;
    response: ToolOutput;
    events: undefined;
  };
  /** Remove a tool. */
  'tools.remove': {
    method: 'DELETE';
    path: '/api/tools/{name}';
    parameters: { name: string; };
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
  /** List the workspaces you belong to, oldest first. */
  'workspaces.list': {
    method: 'GET';
    path: '/api/workspaces';
    parameters: undefined;
    query: undefined;
    request: undefined;
    response: OwnWorkspaceList;
    events: undefined;
  };
  /** Make a workspace; you become its owner. */
  'workspaces.create': {
    method: 'POST';
    path: '/api/workspaces';
    parameters: undefined;
    query: undefined;
    request: WorkspaceInput;
    response: WorkspaceOutput;
    events: undefined;
  };
  /** Bring back a workspace you own, within 14 days of its end. */
  'workspaces.restore': {
    method: 'POST';
    path: '/api/workspaces/{workspace}/restore';
    parameters: { workspace: string };
    query: undefined;
    request: undefined;
    response: WorkspaceOutput;
    events: undefined;
  };
  /** Read the workspace, and what you may do in it. */
  'workspace.get': {
    method: 'GET';
    path: '/api/workspace';
    parameters: undefined;
    query: undefined;
    request: undefined;
    response: CurrentWorkspaceOutput;
    events: undefined;
  };
  /** Rename the workspace (RFC 7396). */
  'workspace.patch': {
    method: 'PATCH';
    path: '/api/workspace';
    parameters: undefined;
    query: undefined;
    request: WorkspaceInputPatch;
    response: WorkspaceOutput;
    events: undefined;
  };
  /** Delete the workspace; it can be restored for 14 days. */
  'workspace.remove': {
    method: 'DELETE';
    path: '/api/workspace';
    parameters: undefined;
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
  /** List who belongs to the workspace, oldest first. */
  'members.list': {
    method: 'GET';
    path: '/api/members';
    parameters: undefined;
    query: undefined;
    request: undefined;
    response: MemberList;
    events: undefined;
  };
  /** Give a member another role. */
  'members.patch': {
    method: 'PATCH';
    path: '/api/members/{user}';
    parameters: { user: string };
    query: undefined;
    request: MemberInput;
    response: MemberOutput;
    events: undefined;
  };
  /** Remove a member; they lose access within a second. */
  'members.remove': {
    method: 'DELETE';
    path: '/api/members/{user}';
    parameters: { user: string };
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
  /** Leave the workspace; the last owner cannot. */
  'members.leave': {
    method: 'POST';
    path: '/api/members/leave';
    parameters: undefined;
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
  /** List invitations, newest first, also those that are over. */
  'invitations.list': {
    method: 'GET';
    path: '/api/invitations';
    parameters: undefined;
    query: { limit?: number; cursor?: string; };
    request: undefined;
    response: InvitationList;
    events: undefined;
  };
  /** Invite a person by e-mail, for seven days. */
  'invitations.create': {
    method: 'POST';
    path: '/api/invitations';
    parameters: undefined;
    query: undefined;
    request: InvitationInput;
    response: NewInvitationOutput;
    events: undefined;
  };
  /** Mail an open invitation again, with another token. */
  'invitations.resend': {
    method: 'POST';
    path: '/api/invitations/{invitation}/resend';
    parameters: { invitation: string };
    query: undefined;
    request: undefined;
    response: NewInvitationOutput;
    events: undefined;
  };
  /** Withdraw an invitation that is open. */
  'invitations.revoke': {
    method: 'DELETE';
    path: '/api/invitations/{invitation}';
    parameters: { invitation: string };
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
  /** Accept an invitation to your own e-mail address. */
  'invitations.accept': {
    method: 'POST';
    path: '/api/invitations/accept';
    parameters: undefined;
    query: undefined;
    request: AcceptanceInput;
    response: AcceptanceOutput;
    events: undefined;
  };
  /** List API keys, newest first, also revoked ones. */
  'keys.list': {
    method: 'GET';
    path: '/api/keys';
    parameters: undefined;
    query: { limit?: number; cursor?: string; };
    request: undefined;
    response: KeyList;
    events: undefined;
  };
  /** Read what is known of an API key; never the key itself. */
  'keys.get': {
    method: 'GET';
    path: '/api/keys/{key}';
    parameters: { key: string };
    query: undefined;
    request: undefined;
    response: KeyOutput;
    events: undefined;
  };
  /** Make an API key; it is shown once. */
  'keys.create': {
    method: 'POST';
    path: '/api/keys';
    parameters: undefined;
    query: undefined;
    request: KeyInput;
    response: NewKeyOutput;
    events: undefined;
  };
  /** Change name, scopes or end of an API key (RFC 7396). */
  'keys.patch': {
    method: 'PATCH';
    path: '/api/keys/{key}';
    parameters: { key: string };
    query: undefined;
    request: KeyChangePatch;
    response: KeyOutput;
    events: undefined;
  };
  /** Revoke an API key; it opens nothing after a second. */
  'keys.revoke': {
    method: 'DELETE';
    path: '/api/keys/{key}';
    parameters: { key: string };
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
  /** Sign in to the studio: with a password, or a token of /auth/v1. */
  'session.begin': {
    method: 'POST';
    path: '/api/session';
    parameters: undefined;
    query: undefined;
    request: SessionInput;
    response: SessionOutput;
    events: undefined;
  };
  /** Read who is signed in, and the token against forgery. */
  'session.get': {
    method: 'GET';
    path: '/api/session';
    parameters: undefined;
    query: undefined;
    request: undefined;
    response: SessionOutput;
    events: undefined;
  };
  /** Sign out of the studio. */
  'session.end': {
    method: 'DELETE';
    path: '/api/session';
    parameters: undefined;
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
  /** Switch the session to another workspace of yours. */
  'session.switch': {
    method: 'PUT';
    path: '/api/session/workspace';
    parameters: undefined;
    query: undefined;
    request: SessionWorkspaceInput;
    response: undefined;
    events: undefined;
  };
  /** List your sessions, the latest used first. */
  'sessions.list': {
    method: 'GET';
    path: '/api/account/sessions';
    parameters: undefined;
    query: undefined;
    request: undefined;
    response: SessionList;
    events: undefined;
  };
  /** End all your sessions but the one that asks. */
  'sessions.end_others': {
    method: 'DELETE';
    path: '/api/account/sessions';
    parameters: undefined;
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
  /** End a session of yours, wherever it is. */
  'sessions.end': {
    method: 'DELETE';
    path: '/api/account/sessions/{session}';
    parameters: { session: string };
    query: undefined;
    request: undefined;
    response: undefined;
    events: undefined;
  };
  /** List who changed what, newest first. */
  'audit.list': {
    method: 'GET';
    path: '/api/audit';
    parameters: undefined;
    query: { limit?: number; before?: number; object_kind?: string; object_id?: string; principal_id?: string; action?: string; from?: string; to?: string; };
    request: undefined;
    response: AuditList;
    events: undefined;
  };
  /** Fetch the log, oldest first, one JSON object a line. */
  'audit.export': {
    method: 'GET';
    path: '/api/audit/export';
    parameters: undefined;
    query: { limit?: number; before?: number; object_kind?: string; object_id?: string; principal_id?: string; action?: string; from?: string; to?: string; };
    request: undefined;
    response: Blob;
    events: undefined;
  };
  /** Check that nobody changed the log afterwards. */
  'audit.verify': {
    method: 'GET';
    path: '/api/audit/verdict';
    parameters: undefined;
    query: undefined;
    request: undefined;
    response: AuditVerdictOutput;
    events: undefined;
  };
  /** A ticket with which a browser opens /api/live. */
  'live.ticket': {
    method: 'POST';
    path: '/api/live/tickets';
    parameters: undefined;
    query: undefined;
    request: undefined;
    response: LiveTicketOutput;
    events: undefined;
  };
  /** Work in the background, newest first. */
  'jobs.list': {
    method: 'GET';
    path: '/api/jobs';
    parameters: undefined;
    query: { state?: JobState; limit?: number; cursor?: string; };
    request: undefined;
    response: JobList;
    events: undefined;
  };
  /** Try a job again that failed for good. */
  'jobs.retry': {
    method: 'POST';
    path: '/api/jobs/{job}/retry';
    parameters: { job: string };
    query: undefined;
    request: undefined;
    response: JobOutput;
    events: undefined;
  };
  /** What was used, by day, agent, provider or kind; JSON or CSV. */
  'usage.sum': {
    method: 'GET';
    path: '/api/usage';
    parameters: undefined;
    query: { from?: string; to?: string; group_by?: UsageGrouping; format?: UsageFormat; };
    request: undefined;
    response: UsageAnswer;
    events: undefined;
  };
  /** What is used of each quota, right now. */
  'usage.limits': {
    method: 'GET';
    path: '/api/usage/limits';
    parameters: undefined;
    query: undefined;
    request: undefined;
    response: QuotasOutput;
    events: undefined;
  };
  /** Set what the workspace may use at most. */
  'quotas.replace': {
    method: 'PUT';
    path: '/api/workspace/quotas';
    parameters: undefined;
    query: undefined;
    request: QuotasInput;
    response: QuotasOutput;
    events: undefined;
  };
  /** What each unit costs you. */
  'prices.list': {
    method: 'GET';
    path: '/api/usage/prices';
    parameters: undefined;
    query: undefined;
    request: undefined;
    response: PriceList;
    events: undefined;
  };
  /** Set all prices; they count for what was used before too. */
  'prices.replace': {
    method: 'PUT';
    path: '/api/usage/prices';
    parameters: undefined;
    query: undefined;
    request: PriceListInput;
    response: PriceList;
    events: undefined;
  };
  /** Read how the agent appears on websites. */
  'widgets.get': {
    method: 'GET';
    path: '/api/agents/{agent}/widget';
    parameters: { agent: string; };
    query: undefined;
    request: undefined;
    response: WidgetSettings;
    events: undefined;
  };
  /** Say on which websites the agent appears, and how. */
  'widgets.replace': {
    method: 'PUT';
    path: '/api/agents/{agent}/widget';
    parameters: { agent: string; };
    query: undefined;
    request: WidgetSettingsInput;
    response: WidgetSettings;
    events: undefined;
  };
  /** Sum what visitors of the widget did, by day. */
  'widgets.analytics': {
    method: 'GET';
    path: '/api/agents/{agent}/widget/analytics';
    parameters: { agent: string; };
    query: { from?: string; to?: string; };
    request: undefined;
    response: WidgetAnalytics;
    events: undefined;
  };
  /** Begin or renew a visitor's session. */
  'widget.session': {
    method: 'POST';
    path: '/widget/session';
    parameters: undefined;
    query: { agent: string; };
    request: WidgetSessionInput;
    response: WidgetSessionOutput;
    events: undefined;
  };
  /** Write to the agent as a visitor. */
  'widget.type': {
    method: 'POST';
    path: '/widget/messages';
    parameters: undefined;
    query: { agent: string; };
    request: WidgetMessageInput;
    response: undefined;
    events: WidgetReplyText;
  };
  /** Read the visitor's own thread. */
  'widget.history': {
    method: 'POST';
    path: '/widget/history';
    parameters: undefined;
    query: { agent: string; };
    request: undefined;
    response: WidgetHistory;
    events: undefined;
  };
  /** Begin a spoken conversation as a visitor. */
  'widget.call': {
    method: 'POST';
    path: '/widget/call';
    parameters: undefined;
    query: { agent: string; };
    request: undefined;
    response: WidgetCallOutput;
    events: undefined;
  };
  /** Say how the conversation was. */
  'widget.rate': {
    method: 'POST';
    path: '/widget/feedback';
    parameters: undefined;
    query: { agent: string; };
    request: WidgetFeedbackInput;
    response: undefined;
    events: undefined;
  };
  /** Count what happened in the widget. */
  'widget.count': {
    method: 'POST';
    path: '/widget/events';
    parameters: undefined;
    query: { agent: string; };
    request: WidgetEventsInput;
    response: undefined;
    events: undefined;
  };
  /** The process is alive. */
  'system.health': {
    method: 'GET';
    path: '/healthz';
    parameters: undefined;
    query: undefined;
    request: undefined;
    response: HealthOutput;
    events: undefined;
  };
  /** Which parts can take work now. */
  'system.readiness': {
    method: 'GET';
    path: '/readyz';
    parameters: undefined;
    query: undefined;
    request: undefined;
    response: ReadinessOutput;
    events: undefined;
  };
}
