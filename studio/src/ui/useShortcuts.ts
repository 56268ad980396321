// Keyboard shortcuts: "mod+k", "n", or two keys one after the other, "g a".
//
// A single key does nothing while somebody types, in a dialog, or together with a modifier it did not
// ask for; and not at all for who has switched single keys off (WCAG 2.1.4).
import { useEffect, useRef } from 'react';

const SEQUENCE_MS = 1_200;
const OFF = 'antiphon.shortcuts-off';

export const singleKeysOff = () => localStorage.getItem(OFF) === 'yes';
export const switchSingleKeysOff = (off: boolean) =>
  off ? localStorage.setItem(OFF, 'yes') : localStorage.removeItem(OFF);

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

export function useShortcuts(shortcuts: Record<string, () => void>) {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    let before = '';
    let at = 0;
    function pressed(event: KeyboardEvent) {
      const key = event.key.toLowerCase();
      if (event.ctrlKey || event.metaKey) {
        const act = event.altKey ? undefined : latest.current[`mod+${key}`];
        if (!act) return;
        event.preventDefault();
        return act();
      }
      if (event.altKey || typing(event.target) || singleKeysOff()) return;
      if (document.querySelector('dialog[open]')) return;
      const both = `${before} ${key}`;
      const act =
        (event.timeStamp - at < SEQUENCE_MS && latest.current[both]) || latest.current[key];
      before = key;
      at = event.timeStamp;
      if (!act) return;
      event.preventDefault();
      act();
    }
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}
