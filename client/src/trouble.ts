// What can go wrong, as codes that a page decides by; what a person reads is the page's.
export type TroubleCode =
  | 'offline' // the server did not answer
  | 'origin_denied' // the server answers, and not to this page
  | 'session_denied'
  | 'rate_limited'
  | 'send_failed'
  | 'interrupted' // the answer stopped in mid-word
  | 'conversation_over'
  | 'already_received'
  | 'call_failed'
  | 'call_dropped'
  | 'insecure_context'
  | 'microphone_refused'
  | 'microphone_missing'
  | 'microphone_busy'
  | 'microphone_silent'
  | 'microphone_lost';

export class Trouble extends Error {
  readonly code: TroubleCode;
  // Of rate_limited: when to try again.
  readonly retryAfterSeconds: number | undefined;

  constructor(code: TroubleCode, message: string, retryAfterSeconds?: number) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

// Two bundles of this file know each other's errors by what they carry.
export const troubleOf = (error: unknown): Trouble =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? (error as Trouble)
    : new Trouble('send_failed', String(error));
