import type { ReactNode } from 'react';
import { useId } from 'react';
import { Field } from '../../ui/Field';

interface SectionProps {
  id: string;
  title: string;
  about: string;
  children: ReactNode;
}

export function Section({ id, title, about, children }: SectionProps) {
  return (
    <section className="section" id={id} aria-labelledby={`${id}-title`}>
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        <p>{about}</p>
      </header>
      {children}
    </section>
  );
}

interface ToggleProps {
  label: string;
  hint: string;
  value: boolean;
  set: (value: boolean) => void;
}

export function Toggle({ label, hint, value, set }: ToggleProps) {
  const id = useId();
  return (
    <div className="check">
      <input
        id={id}
        type="checkbox"
        checked={value}
        aria-describedby={`${id}-hint`}
        onChange={(event) => set(event.target.checked)}
      />
      <span>
        <label htmlFor={id}>{label}</label>
        <br />
        <span className="quiet small" id={`${id}-hint`}>
          {hint}
        </span>
      </span>
    </div>
  );
}

interface ChoicesProps<T extends string> {
  legend: string;
  name: string;
  options: readonly (readonly [T, string, string])[];
  value: T;
  choose: (value: T) => void;
}

export function Choices<T extends string>({
  legend,
  name,
  options,
  value,
  choose,
}: ChoicesProps<T>) {
  return (
    <fieldset className="stack tight">
      <legend className="legend">{legend}</legend>
      <div className="choices">
        {options.map(([option, label, about]) => (
          <label className="choice" key={option}>
            <input
              type="radio"
              name={name}
              checked={option === value}
              onChange={() => choose(option)}
            />
            <span>
              <b>{label}</b>
              <span>{about}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface SecondsProps {
  label: string;
  unit: string;
  value: number;
  min: number;
  max: number;
  fault: string | undefined;
  set: (value: number) => void;
}

export function Seconds({ label, unit, value, min, max, fault, set }: SecondsProps) {
  return (
    <Field label={`${label} (${unit})`} hint={`${min} to ${max}`} fault={fault}>
      {(ids) => (
        <input
          {...ids}
          type="number"
          inputMode="numeric"
          min={min}
          max={max}
          value={Number.isNaN(value) ? '' : value}
          onChange={(event) => set(Math.round(event.target.valueAsNumber))}
        />
      )}
    </Field>
  );
}
