// A spoken trial: the microphone, the socket, the sound and what follows from the events.
import { askForMicrophone, MicrophoneError, Sound } from '@try/audio.js';
import { Call } from '@try/call.js';
import { Ribbon } from '@try/ribbon.js';
import { REASONS, TROUBLE } from '@try/words.js';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api, messageOf } from '../../api/client';
import type { ConversationOpened, SessionEvent } from '../../api/contract';
import type { Transcript } from '../../ui/transcript';
import { EMPTY, hear } from '../../ui/transcript';

export type CallState = 'ready' | 'microphone' | 'connecting' | 'waiting' | 'call' | 'ending';

interface Running {
  call?: Call;
  sound?: Sound;
  over?: boolean;
}

async function opener(agent: string) {
  const opened = await api.post<ConversationOpened>('/api/conversations', {
    agent,
    mode: 'voice',
    channel: 'web',
    version: 'draft',
  });
  return { id: opened.conversation.id, path: opened.socket?.path ?? '' };
}

export function useCall(agent: string) {
  const [state, setState] = useState<CallState>('ready');
  const [words, setWords] = useState('');
  const [trouble, setTrouble] = useState('');
  const [transcript, setTranscript] = useState<Transcript>(EMPTY);
  const [events, setEvents] = useState<SessionEvent[]>([]);
  const [conversation, setConversation] = useState('');
  const running = useRef<Running | null>(null);
  const ribbon = useRef<Ribbon | null>(null);

  // The strip is drawn by the module of the page at /try.
  const strip = useCallback((element: HTMLElement | null) => {
    const length = element?.querySelector<HTMLElement>('.length');
    const canvas = element?.querySelector('canvas');
    ribbon.current =
      element && length && canvas ? new Ribbon({ strip: element, length, canvas }) : null;
  }, []);

  const release = useCallback((mine: Running) => {
    mine.over = true;
    mine.sound?.close();
    ribbon.current?.stop();
    if (running.current === mine) running.current = null;
  }, []);
  useEffect(
    () => () => {
      running.current?.call?.hangUp();
      if (running.current) release(running.current);
    },
    [release],
  );

  const receive = useCallback((mine: Running, event: SessionEvent) => {
    ribbon.current?.handle(event);
    setTranscript((before) => hear(before, event));
    if (event.type !== 'transcript.partial') setEvents((before) => [...before, event].slice(-500));
    if (event.type === 'session.waiting') setState('waiting');
    if (event.type === 'session.started') {
      setState('call');
      ribbon.current?.start(event.at_ms);
    }
    if (event.type === 'clear') mine.sound?.clear();
    if (event.type === 'error') setTrouble(TROUBLE[event.code] ?? event.message);
  }, []);

  const start = useCallback(async () => {
    const mine: Running = {};
    running.current = mine;
    setTranscript(EMPTY);
    setEvents([]);
    setTrouble('');
    setWords('');
    setConversation('');
    ribbon.current?.reset();
    try {
      setState('microphone');
      const stream = await askForMicrophone();
      setState('connecting');
      const sound = await Sound.open(stream);
      mine.sound = sound;
      const call = new Call({
        opener,
        onEvent: (event) => receive(mine, event),
        onAudio: (frame) => sound.play(frame),
        onEnd: ({ reason, failure }) => {
          const goodbye =
            reason && reason !== 'caller_hung_up' ? sound.drained() : Promise.resolve();
          void goodbye.then(() => {
            if (mine.over) return;
            release(mine);
            setState('ready');
            setWords(REASONS[reason ?? ''] ?? 'The call is over.');
            setTrouble(failure ?? '');
          });
        },
      });
      mine.call = call;
      sound.onFrame = (frame, level) => {
        ribbon.current?.level('caller', level);
        call.sendFrame(frame);
      };
      sound.onAgentLevel = (level) => ribbon.current?.level('agent', level);
      sound.onAgentSounding = (on) => ribbon.current?.agentSounding(on);
      await call.open(agent);
      setConversation(call.id ?? '');
    } catch (error) {
      release(mine);
      setState('ready');
      setTrouble(messageOf(error));
      if (!(error instanceof MicrophoneError)) console.warn(messageOf(error));
    }
  }, [agent, receive, release]);

  const hangUp = useCallback(() => {
    setState('ending');
    running.current?.sound?.clear();
    running.current?.call?.hangUp();
  }, []);
  const say = useCallback((text: string) => running.current?.call?.sendText(text), []);

  return { state, words, trouble, transcript, events, conversation, strip, start, hangUp, say };
}
