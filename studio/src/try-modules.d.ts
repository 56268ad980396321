// What the studio uses of the modules of the page at /try (server/assets/try).
declare module '@try/call.js' {
  import type { SessionEvent } from '../../contract/api';
  export interface CallOutcome {
    reason?: string;
    failure?: string;
  }
  export class Call {
    constructor(parts: {
      onEvent: (event: SessionEvent) => void;
      onAudio: (frame: ArrayBuffer) => void;
      onEnd: (outcome: CallOutcome) => void;
      opener: (agent: string) => Promise<{ id: string; path: string }>;
    });
    id?: string;
    open(agent: string): Promise<void>;
    sendFrame(frame: ArrayBuffer): void;
    sendText(text: string): void;
    hangUp(): void;
  }
}
declare module '@try/audio.js' {
  export class MicrophoneError extends Error {}
  export function askForMicrophone(): Promise<MediaStream>;
  export class Sound {
    static open(stream: MediaStream | null): Promise<Sound>;
    onFrame: (frame: ArrayBuffer, level: number) => void;
    onAgentLevel: (level: number) => void;
    onAgentSounding: (on: boolean) => void;
    onMicrophoneLost?: () => void;
    muted: boolean;
    mute(on: boolean): void;
    play(frame: ArrayBuffer): void;
    clear(): void;
    drained(): Promise<void>;
    close(): void;
  }
}
declare module '@try/ribbon.js' {
  import type { SessionEvent } from '../../contract/api';
  export class Ribbon {
    constructor(parts: { strip: HTMLElement; length: HTMLElement; canvas: HTMLCanvasElement });
    reset(): void;
    start(at?: number): void;
    stop(): void;
    level(lane: 'caller' | 'agent', value: number): void;
    handle(event: SessionEvent): void;
    agentSounding(on: boolean): void;
  }
}
declare module '@try/waterfall.js' {
  import type { LatencyOutput } from '../../contract/api';
  export interface WaterfallBar {
    name: string;
    kind: 'hearing' | 'thinking' | 'speaking';
    at: number;
    from: number;
  }
  export function barsOf(latency: LatencyOutput): WaterfallBar[];
  export function median(values: number[]): number;
}
declare module '@try/transcript.js' {
  export function splitHeard(said: string, heard: string): [string, string];
}
declare module '@try/words.js' {
  export const REASONS: Record<string, string>;
  export const TROUBLE: Record<string, string>;
  export const MOMENTS: Record<string, string>;
}
