import type { ReactNode } from 'react';
import { useCallback, useRef, useState } from 'react';
import { Icon } from './Icon';
import type { Toast } from './toast';
import { ToastContext } from './toast';

const LIFE_MS = 8_000;
const SHOWN_MAX = 3;

export function Toasts({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<(Toast & { id: number })[]>([]);
  const next = useRef(0);
  const drop = useCallback((id: number) => {
    setShown((all) => all.filter((toast) => toast.id !== id));
  }, []);
  const show = useCallback(
    (toast: Toast) => {
      const id = next.current++;
      setShown((all) => [...all, { ...toast, id }].slice(-SHOWN_MAX));
      setTimeout(() => drop(id), LIFE_MS);
    },
    [drop],
  );
  return (
    <ToastContext value={show}>
      {children}
      <div className="toasts" role="status">
        {shown.map(({ id, text, action }) => (
          <div className="toast" key={id}>
            <p>{text}</p>
            {action && (
              <button
                type="button"
                className="button"
                onClick={() => {
                  action.act();
                  drop(id);
                }}
              >
                {action.label}
              </button>
            )}
            <button
              type="button"
              className="button plain icon"
              aria-label="Dismiss"
              onClick={() => drop(id)}
            >
              <Icon name="close" />
            </button>
          </div>
        ))}
      </div>
    </ToastContext>
  );
}
