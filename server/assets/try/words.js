// What the page says about a call, in one place.

export const PHASES = {
  ready: 'Press Talk and ask something.',
  microphone: 'Waiting for your microphone: allow it when the browser asks.',
  connecting: 'Connecting.',
  warming: 'Connected. Speech is still loading; right after a start this takes up to half a minute.',
  call: 'You are connected.',
  ending: 'Hanging up.',
};

export const MOMENTS = {
  listening: 'Listening',
  hearing: 'Hearing you',
  thinking: 'Thinking',
  speaking: 'Speaking: talk to interrupt',
  paused: 'Paused: go on, or wait',
};

export const REASONS = {
  caller_hung_up: 'You hung up.',
  agent_said_goodbye: 'The agent said goodbye and ended the call.',
  handed_over: 'The agent handed you over to a person: here the call ends.',
  idle: 'Nobody spoke for a while, so the agent ended the call.',
  duration_limit: 'The call reached the longest time this agent allows.',
  ended_by_api: 'The call was ended through the API.',
  transport_lost: 'The connection was lost.',
  failure: 'The call failed on the server. Its log says why.',
};

export const NO_SERVER = 'The server did not answer';
export const NO_AGENTS = 'There is no agent yet';
export const MAKE_ONE = 'Make one in a terminal, with your key in $KEY:';
export const makeOne = (origin) => `curl ${origin}/api/agents \\
  -H "Authorization: Bearer $KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"name": "Front desk"}'`;
export const WRONG_KEY = 'The server does not accept this key.';
export const OVER = 'The call is over.';
export const MICROPHONE_LOST = 'The microphone went away. Type, drop a file, or hang up.';
export const ANSWERED = 'The file is through, so the call ended.';
export const NO_REPLY = 'The file got no reply. Is there speech in it?';

// Server errors during a call that a person should know of.
export const TROUBLE = {
  recognition_failed: 'Speech recognition failed for a moment. Say it again.',
  synthesis_failed: 'The voice failed for this reply; its text is in the transcript.',
  reply_failed: 'The reply failed. Ask again.',
  reply_stalled: 'The reply took too long and was dropped. Ask again.',
  transcript_missing: 'The words were not recognized. Say it again.',
};

// Of the demo agent, whose knowledge is known.
export const EXAMPLES = {
  'front-desk': ['Are you open on Saturday?', 'How much does a cleaning cost?', 'Where can I park?'],
};
