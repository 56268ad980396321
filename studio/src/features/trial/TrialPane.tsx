// Talk to the agent, or type: beside the editor, so that a change is heard at once.
import type { FormEvent } from 'react';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import type { AgentOutput, SessionEvent } from '../../api/contract';
import { useMay } from '../../session/session';
import { clock } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import type { Transcript } from '../../ui/transcript';
import { Turn } from '../../ui/Turn';
import { totalOf } from '../../ui/Waterfall';
import type { CallState } from './useCall';
import { useCall } from './useCall';
import { useChat } from './useChat';

const PHASES: Record<CallState, string> = {
  ready: '',
  microphone: 'Waiting for your microphone: allow it when the browser asks.',
  connecting: 'Connecting.',
  waiting: 'Connected. Speech is still loading.',
  call: 'You are connected. Speak.',
  ending: 'Hanging up.',
};

function Lines({ transcript, hint }: { transcript: Transcript; hint: string }) {
  const end = useRef<HTMLDivElement>(null);
  const { lines } = transcript;
  useEffect(() => {
    const box = end.current?.parentElement;
    if (box) box.scrollTop = box.scrollHeight;
  }, [lines]);
  const most = Math.max(0, ...lines.map(({ latency }) => (latency ? totalOf(latency) : 0)));
  return (
    <div className="scroll" role="log" aria-label="Transcript" tabIndex={0}>
      {lines.length === 0 && <p className="quiet">{hint}</p>}
      <ol className="turns">
        {lines.map(({ key, ...turn }) => (
          <Turn key={key} turn={turn} most={most} />
        ))}
      </ol>
      <div ref={end} />
    </div>
  );
}

function EventList({ events }: { events: readonly SessionEvent[] }) {
  return (
    <details>
      <summary className="small">{events.length} events</summary>
      <ol className="events mono">
        {events.map((event, index) => (
          <li key={index}>
            {'at_ms' in event ? clock(event.at_ms) : ''} {event.type}
          </li>
        ))}
      </ol>
    </details>
  );
}

export function TrialPane({ agent, dirty }: { agent: AgentOutput; dirty: boolean }) {
  const [mode, setMode] = useState<'voice' | 'chat'>('voice');
  const [text, setText] = useState('');
  const { strip, ...call } = useCall(agent.id);
  const chat = useChat(agent.id);
  const may = useMay('conversations:write');
  const talking = call.state !== 'ready';
  const voice = mode === 'voice';
  const { conversation, trouble } = voice ? call : chat;

  async function submit(event: FormEvent) {
    event.preventDefault();
    const said = text.trim();
    if (!said) return;
    setText('');
    if (voice) call.say(said);
    else if (!(await chat.say(said))) setText(said);
  }

  if (!may) return <p className="notice">Your role may not hold conversations.</p>;
  return (
    <section className="trial" aria-label={`Try ${agent.name}`}>
      <header>
        <div className="row spread">
          <h2>Try it</h2>
          <div className="segments" role="group" aria-label="How">
            {(['voice', 'chat'] as const).map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={mode === one}
                disabled={talking}
                onClick={() => setMode(one)}
              >
                {one === 'voice' ? 'Talk' : 'Type'}
              </button>
            ))}
          </div>
        </div>
        {dirty && <p className="small quiet">Save first to hear your changes.</p>}
        <div hidden={!voice}>
          <div className="strip" ref={strip} tabIndex={0} role="group" aria-label="Turns over time">
            <div className="length">
              <canvas role="img" aria-label="No call yet" />
            </div>
          </div>
        </div>
        <p className="small" role="status">
          {voice ? PHASES[call.state] || call.words : ''}
        </p>
        {trouble && (
          <p className="notice bad" role="alert">
            {trouble}
          </p>
        )}
      </header>
      <Lines
        transcript={voice ? call.transcript : chat.transcript}
        hint={
          voice ? 'Press Talk and ask something.' : 'Type a question, as a caller would ask it.'
        }
      />
      <footer>
        {voice && (
          <button
            type="button"
            className={talking ? 'button danger wide' : 'button primary wide'}
            disabled={call.state === 'ending'}
            onClick={() => (talking ? call.hangUp() : void call.start())}
          >
            <Icon name="mic" /> {talking ? 'Hang up' : 'Talk'}
          </button>
        )}
        {(!voice || call.state === 'call') && (
          <form className="composer" onSubmit={submit}>
            <input
              aria-label="Say something in writing"
              placeholder="Type a question"
              dir="auto"
              value={text}
              maxLength={2_000}
              onChange={(event) => setText(event.target.value)}
            />
            <button className="button" disabled={!voice && chat.busy}>
              Send
            </button>
          </form>
        )}
        <div className="row spread small">
          {conversation ? (
            <Link to={`/conversations/${conversation}`}>Open this conversation</Link>
          ) : (
            <span />
          )}
          {!voice && chat.transcript.lines.length > 0 && (
            <button type="button" className="button plain" onClick={chat.restart}>
              Start again
            </button>
          )}
        </div>
        {voice && call.events.length > 0 && <EventList events={call.events} />}
      </footer>
    </section>
  );
}
