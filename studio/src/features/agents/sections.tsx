// The parts of an agent's configuration, in the words of somebody who has never tuned one.
import type { AgentConfiguration, VoiceProvider } from '../../api/contract';
import { Field } from '../../ui/Field';
import { Section, Seconds, Toggle } from './controls';
import type { Change } from './useEditor';

export interface SectionProps {
  value: AgentConfiguration;
  change: Change;
  fault: (path: string) => string | undefined;
}

const VOICES: readonly VoiceProvider[] = ['piper', 'openai'];

const PHRASES = [
  ['unknown', 'When it does not know'],
  ['handover', 'When it connects a person'],
  ['clarify', 'When it did not understand'],
  ['reminder', 'When nobody speaks'],
  ['goodbye', 'When the call ends'],
] as const;

const TONES = [
  'Calm, friendly and brief.',
  'Warm and quick.',
  'Patient and precise. Explains one step at a time.',
  'Formal and courteous.',
];

export function PromptSection({ value, change, fault }: SectionProps) {
  return (
    <Section id="prompt" title="Prompt" about="What the agent is for, and what it must not do.">
      <Field label="Prompt" fault={fault('prompt')}>
        {(ids) => (
          <textarea
            {...ids}
            className="long"
            dir="auto"
            value={value.prompt}
            maxLength={32_000}
            onChange={(event) => change('prompt', event.target.value)}
          />
        )}
      </Field>
      <Field label="Greeting" hint="The first sentence of every call." fault={fault('greeting')}>
        {(ids) => (
          <input
            {...ids}
            dir="auto"
            value={value.greeting}
            maxLength={500}
            onChange={(event) => change('greeting', event.target.value)}
          />
        )}
      </Field>
      <Field label="Personality and tone" fault={fault('personality')}>
        {(ids) => (
          <textarea
            {...ids}
            dir="auto"
            value={value.personality}
            maxLength={2_000}
            onChange={(event) => change('personality', event.target.value)}
          />
        )}
      </Field>
      <div className="row" role="group" aria-label="Begin with a tone">
        {TONES.map((tone) => (
          <button
            type="button"
            className="button"
            key={tone}
            onClick={() => change('personality', tone)}
          >
            {tone.split(/[.,]| and /)[0]}
          </button>
        ))}
      </div>
    </Section>
  );
}

export function VoiceSection({ value, change, fault }: SectionProps) {
  const { voice } = value;
  return (
    <Section id="voice" title="Voice" about="How it sounds. Press Talk to hear a saved change.">
      <div className="two">
        <Field label="Language" hint="Such as en-US." fault={fault('language')}>
          {(ids) => (
            <input
              {...ids}
              value={value.language}
              onChange={(event) => change('language', event.target.value)}
            />
          )}
        </Field>
        <Field label="Provider" fault={fault('voice/provider')}>
          {(ids) => (
            <select
              {...ids}
              value={voice.provider}
              onChange={(event) =>
                change('voice', { ...voice, provider: event.target.value as VoiceProvider })
              }
            >
              {VOICES.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Voice" fault={fault('voice/name')}>
          {(ids) => (
            <input
              {...ids}
              value={voice.name}
              onChange={(event) => change('voice', { ...voice, name: event.target.value })}
            />
          )}
        </Field>
      </div>
      <Field label={`Speed: ${voice.speed.toFixed(2)} times`} fault={fault('voice/speed')}>
        {(ids) => (
          <input
            {...ids}
            type="range"
            min={0.5}
            max={2}
            step={0.05}
            value={voice.speed}
            onChange={(event) => change('voice', { ...voice, speed: event.target.valueAsNumber })}
          />
        )}
      </Field>
    </Section>
  );
}

export function PhraseSection({ value, change, fault }: SectionProps) {
  return (
    <Section
      id="phrases"
      title="Sentences it says word for word"
      about="Leave one empty and the agent finds its own words."
    >
      {PHRASES.map(([name, label]) => (
        <Field key={name} label={label} fault={fault(`phrases/${name}`)}>
          {(ids) => (
            <input
              {...ids}
              dir="auto"
              maxLength={500}
              value={value.phrases[name]}
              onChange={(event) =>
                change('phrases', { ...value.phrases, [name]: event.target.value })
              }
            />
          )}
        </Field>
      ))}
    </Section>
  );
}

export function LimitSection({ value, change, fault }: SectionProps) {
  const { limits } = value;
  const set = (part: Partial<typeof limits>) => change('limits', { ...limits, ...part });
  return (
    <Section
      id="limits"
      title="Limits and recording"
      about="What ends a call that nobody ends, and whether its sound is kept."
    >
      <div className="two">
        <Seconds
          label="Longest call"
          unit="seconds"
          value={limits.duration_max_s}
          min={10}
          max={14_400}
          fault={fault('limits/duration_max_s')}
          set={(duration_max_s) => set({ duration_max_s })}
        />
        <Seconds
          label="Silence before it asks"
          unit="seconds"
          value={limits.idle_reminder_s}
          min={5}
          max={600}
          fault={fault('limits/idle_reminder_s')}
          set={(idle_reminder_s) => set({ idle_reminder_s })}
        />
        <Seconds
          label="How often it asks"
          unit="times"
          value={limits.idle_reminders_max}
          min={0}
          max={5}
          fault={fault('limits/idle_reminders_max')}
          set={(idle_reminders_max) => set({ idle_reminders_max })}
        />
      </div>
      <Toggle
        label="Record calls"
        hint="In many places everybody on a call has to agree first: say it in the greeting."
        value={value.recording.enabled}
        set={(enabled) => change('recording', { enabled })}
      />
    </Section>
  );
}
