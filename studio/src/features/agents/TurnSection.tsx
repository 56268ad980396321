import { Field } from '../../ui/Field';
import { Choices, Section, Seconds, Toggle } from './controls';
import type { SectionProps } from './sections';

const PROFILES = [
  ['fast', 'Fast', 'Answers at the first pause. For quick questions.'],
  ['balanced', 'Balanced', 'Waits until a sentence is over. For most calls.'],
  ['patient', 'Patient', 'Leaves time to think. For numbers, addresses, older callers.'],
] as const;

export function TurnSection({ value, change, fault }: SectionProps) {
  const { turn } = value;
  const set = (part: Partial<typeof turn>) => change('turn', { ...turn, ...part });
  return (
    <Section
      id="turns"
      title="Turn-taking"
      about="When it answers, and when it lets itself be interrupted."
    >
      <Choices
        legend="How soon it answers"
        name="profile"
        options={PROFILES}
        value={turn.profile}
        choose={(profile) => set({ profile })}
      />
      <Toggle
        label="Callers may interrupt"
        hint="It stops within a moment when somebody speaks over it."
        value={turn.interruptible}
        set={(interruptible) => set({ interruptible })}
      />
      <Toggle
        label="Think ahead"
        hint="It prepares its answer in a pause that is probably the end. Nothing of it is heard before."
        value={turn.speculative}
        set={(speculative) => set({ speculative })}
      />
      <details>
        <summary>Exact times</summary>
        <div className="two inner">
          <Seconds
            label="Shortest pause that ends a turn"
            unit="ms"
            value={turn.silence_min_ms}
            min={100}
            max={2000}
            fault={fault('turn/silence_min_ms')}
            set={(silence_min_ms) => set({ silence_min_ms })}
          />
          <Seconds
            label="Pause that always ends it"
            unit="ms"
            value={turn.silence_max_ms}
            min={100}
            max={5000}
            fault={fault('turn/silence_max_ms')}
            set={(silence_max_ms) => set({ silence_max_ms })}
          />
          <Seconds
            label="Speech that makes it pause"
            unit="ms"
            value={turn.pause_after_ms}
            min={40}
            max={1000}
            fault={fault('turn/pause_after_ms')}
            set={(pause_after_ms) => set({ pause_after_ms })}
          />
          <Seconds
            label="Speech that stops it"
            unit="ms"
            value={turn.stop_after_ms}
            min={60}
            max={2000}
            fault={fault('turn/stop_after_ms')}
            set={(stop_after_ms) => set({ stop_after_ms })}
          />
        </div>
      </details>
      <Field
        label="Words that do not interrupt"
        hint="One a line, beside the known ones such as “uh-huh”."
        fault={fault('turn/backchannels')}
      >
        {(ids) => (
          <textarea
            {...ids}
            dir="auto"
            value={turn.backchannels.join('\n')}
            onChange={(event) => set({ backchannels: event.target.value.split('\n') })}
            onBlur={() =>
              set({ backchannels: turn.backchannels.map((word) => word.trim()).filter(Boolean) })
            }
          />
        )}
      </Field>
    </Section>
  );
}
