// Light, dark, or as the system has it.
import { useEffect, useState } from 'react';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
const STORED = 'antiphon.theme';
const asDark = matchMedia('(prefers-color-scheme: dark)');

const stored = (): Theme =>
  THEMES.find((theme) => theme === localStorage.getItem(STORED)) ?? 'auto';

export function applyTheme(theme: Theme = stored()) {
  const dark = theme === 'dark' || (theme === 'auto' && asDark.matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(stored);
  useEffect(() => {
    applyTheme(theme);
    const follow = () => applyTheme(theme);
    asDark.addEventListener('change', follow);
    return () => asDark.removeEventListener('change', follow);
  }, [theme]);
  return [
    theme,
    (chosen) => {
      localStorage.setItem(STORED, chosen);
      setTheme(chosen);
    },
  ];
}
