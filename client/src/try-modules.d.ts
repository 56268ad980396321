// What the client uses of the modules of the page at /try (server/assets/try): one implementation
// of sound and of the audio socket for the try page, the studio and every website.
declare module '@try/call.js' {
  import type { SessionEvent } from '../../contract/api';
  export class Call {
    constructor(parts: {
      onEvent: (event: SessionEvent) => void;
      onAudio: (frame: ArrayBuffer) => void;
      onEnd: (outcome: { reason?: string; failure?: string; code?: number }) => void;
      opener: (agent: string) => Promise<{ id: string; path: string }>;
    });
    readonly ready: boolean;
    open(agent: string): Promise<void>;
    sendFrame(frame: ArrayBuffer): void;
    sendText(text: string): void;
    hangUp(): void;
  }
}
declare module '@try/audio.js' {
  export class Sound {
    static open(
      stream: MediaStream | null,
      worklet?: (name: "capture" | "playback") => string,
    ): Promise<Sound>;
    readonly silent: boolean;
    onFrame: (frame: ArrayBuffer, level: number) => void;
    onAgentLevel: (level: number) => void;
    onAgentSounding: (on: boolean) => void;
    onMicrophoneLost?: () => void;
    mute(on: boolean): void;
    play(frame: ArrayBuffer): void;
    clear(): void;
    drained(): Promise<void>;
    close(): void;
  }
}
