// Loaded with the first press of Talk: the client's voice, and where its worklets are.
import { startCall, type CallHooks, type RunningCall } from '@antiphon/client/voice';
import type { Visitor } from '@antiphon/client/visitor';

declare const CAPTURE_FILE: string;
declare const PLAYBACK_FILE: string;

export function start(visitor: Visitor, hooks: CallHooks): Promise<RunningCall> {
  const files = { capture: CAPTURE_FILE, playback: PLAYBACK_FILE };
  return startCall(visitor, {
    ...hooks,
    worklet: (name) => new URL(files[name], `${visitor.server}/widget/`).href,
  });
}
