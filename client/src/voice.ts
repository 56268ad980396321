// A spoken conversation of a visitor: microphone in, the agent's voice and both sides' words out.
//
// Behind RunningCall lies a transport; today it is the audio socket, which works wherever a page
// does. Errors: Trouble, with the cause of a microphone that does not work.
import type { SessionEvent } from '../../contract/api';
import { Sound } from '@try/audio.js';
import { Call } from '@try/call.js';
import { Trouble } from './trouble.ts';
import type { Visitor } from './visitor.ts';

export type CallMoment = 'connecting' | 'listening' | 'hearing' | 'thinking' | 'speaking';

export interface SpokenTurn {
  id: string;
  from: 'visitor' | 'agent';
  text: string;
  final: boolean;
}

export interface CallHooks {
  onTurn?: (turn: SpokenTurn) => void;
  onMoment?: (moment: CallMoment) => void;
  // 0 to 1, every 20 ms.
  onLevel?: (microphone: number) => void;
  onAgentLevel?: (level: number) => void;
  onTrouble?: (trouble: Trouble) => void;
  onEnd?: (reason: string) => void;
  // Where the worklets are: "https://voice.example/widget/assets/"; a function of their names.
  worklet?: (name: 'capture' | 'playback') => string;
}

export interface RunningCall {
  readonly conversation: string;
  mute(on: boolean): void;
  say(text: string): void;
  end(): void;
}

const SILENT_AFTER_FRAMES = 250; // five seconds of 20 ms
const EARLY_FRAMES_MAX = 50;
const SILENCE = 1e-5; // what even a quiet room is above

const CAUSES: Record<string, 'microphone_refused' | 'microphone_missing' | 'microphone_busy'> = {
  NotAllowedError: 'microphone_refused',
  SecurityError: 'microphone_refused',
  NotFoundError: 'microphone_missing',
  OverconstrainedError: 'microphone_missing',
  NotReadableError: 'microphone_busy',
  AbortError: 'microphone_busy',
};

export async function askForMicrophone(): Promise<MediaStream> {
  if (!globalThis.isSecureContext || !navigator.mediaDevices) {
    throw new Trouble('insecure_context', 'browsers give the microphone to https pages only');
  }
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
    });
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    throw new Trouble(CAUSES[name] ?? 'microphone_busy', String(error));
  }
}

// Turns the session's events into what a page shows.
class Turns {
  private readonly said = new Map<string, string>();
  constructor(private readonly hooks: CallHooks) {}

  receive(event: SessionEvent): void {
    switch (event.type) {
      case 'session.started':
        return this.hooks.onMoment?.('listening');
      case 'caller.speech_started':
        return this.hooks.onMoment?.('hearing');
      case 'caller.speech_ended':
        return this.hooks.onMoment?.('thinking');
      case 'transcript.partial':
      case 'transcript.final':
        return this.show('visitor', `v${event.turn}`, event.text, event.type.endsWith('final'));
      case 'reply.started':
        return this.hooks.onMoment?.('speaking');
      case 'reply.text': {
        const text = `${this.said.get(event.generation) ?? ''}${event.text}`;
        this.said.set(event.generation, text);
        return this.show('agent', event.generation, text, false);
      }
      case 'reply.interrupted':
      case 'reply.ended':
        this.said.delete(event.generation);
        this.show('agent', event.generation, event.heard, true);
        return this.hooks.onMoment?.('listening');
      default:
    }
  }

  private show(from: SpokenTurn['from'], id: string, text: string, final: boolean) {
    this.hooks.onTurn?.({ id, from, text: text.trim(), final });
  }
}

export async function startCall(visitor: Visitor, hooks: CallHooks): Promise<RunningCall> {
  hooks.onMoment?.('connecting');
  // Both at once: the person may take a while to allow the microphone, the server does not.
  const [stream, opened] = await Promise.allSettled([askForMicrophone(), visitor.begin()]);
  if (stream.status === 'rejected') throw stream.reason;
  if (opened.status === 'rejected') {
    stream.value.getTracks().forEach((track) => track.stop());
    throw opened.reason;
  }
  const sound = await Sound.open(stream.value, hooks.worklet);
  return connect(visitor, sound, hooks);
}

async function connect(visitor: Visitor, sound: Sound, hooks: CallHooks): Promise<RunningCall> {
  const turns = new Turns(hooks);
  let conversation = '';
  let quiet = 0;
  let muted = false;
  const call = new Call({
    onEvent: (event) => {
      if (event.type === 'clear') sound.clear();
      turns.receive(event);
    },
    onAudio: (frame) => sound.play(frame),
    onEnd: ({ reason, failure }) => {
      if (failure) hooks.onTrouble?.(new Trouble('call_dropped', failure));
      void sound.drained().then(() => {
        sound.close();
        hooks.onEnd?.(reason ?? 'failure');
      });
    },
    opener: async () => {
      const { conversation: id, path } = await visitor.call();
      conversation = id;
      return { id, path: visitor.server.replace(/^http/, 'ws') + path };
    },
  });
  // The first words are kept while the socket opens; a second of them is no more than the server
  // takes ahead of real time.
  const early: ArrayBuffer[] = [];
  sound.onFrame = (frame, level) => {
    hooks.onLevel?.(muted ? 0 : Math.min(1, level * 6));
    quiet = muted || level > SILENCE ? 0 : quiet + 1;
    if (quiet === SILENT_AFTER_FRAMES) {
      hooks.onTrouble?.(new Trouble('microphone_silent', 'nothing arrives from the microphone'));
    }
    if (call.ready) {
      for (const kept of early.splice(0)) call.sendFrame(kept);
      call.sendFrame(frame);
    } else if (early.length < EARLY_FRAMES_MAX) {
      early.push(frame);
    }
  };
  sound.onAgentLevel = (level) => hooks.onAgentLevel?.(Math.min(1, level * 4));
  sound.onMicrophoneLost = () =>
    hooks.onTrouble?.(new Trouble('microphone_lost', 'the microphone went away'));
  try {
    await call.open(visitor.agent);
  } catch (error) {
    sound.close();
    throw error;
  }
  return {
    get conversation() {
      return conversation;
    },
    mute: (on) => {
      muted = on;
      sound.mute(on);
    },
    say: (text) => call.sendText(text),
    end: () => call.hangUp(),
  };
}
