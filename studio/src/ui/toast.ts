// Short messages for what has no place on the page, with at most one thing to do about it.
import { createContext, useContext } from 'react';

export interface Toast {
  text: string;
  action?: { label: string; act: () => void };
}

export const ToastContext = createContext<(toast: Toast) => void>(() => {});
export const useToast = () => useContext(ToastContext);
