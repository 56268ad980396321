import { useState } from 'react';
import type { Theme } from '../../session/theme';
import { THEMES, useTheme } from '../../session/theme';
import { singleKeysOff, switchSingleKeysOff } from '../../ui/useShortcuts';

const WORDS: Record<Theme, string> = { auto: 'As the system', light: 'Light', dark: 'Dark' };

export function Appearance() {
  const [theme, setTheme] = useTheme();
  const [off, setOff] = useState(singleKeysOff);
  return (
    <section className="stack">
      <h2>Appearance and shortcuts</h2>
      <fieldset className="choices">
        <legend className="sr-only">Theme</legend>
        {THEMES.map((one) => (
          <label className="choice" key={one}>
            <input
              type="radio"
              name="theme"
              checked={one === theme}
              onChange={() => setTheme(one)}
            />
            <b>{WORDS[one]}</b>
          </label>
        ))}
      </fieldset>
      <label className="check">
        <input
          type="checkbox"
          checked={!off}
          onChange={(event) => {
            switchSingleKeysOff(!event.target.checked);
            setOff(!event.target.checked);
          }}
        />
        Shortcuts of a single key, such as N for a new agent
      </label>
    </section>
  );
}
