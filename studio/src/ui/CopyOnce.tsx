// A text that is shown once, with a button that copies it.
import { useRef, useState } from 'react';
import { Field } from './Field';

export function CopyOnce({ label, text }: { label: string; text: string }) {
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      field.current?.select();
    }
  }
  return (
    <Field label={label}>
      {(ids) => (
        <div className="composer">
          <input {...ids} ref={field} className="mono" readOnly value={text} />
          <button type="button" className="button" onClick={() => void copy()}>
            {copied ? 'Copied' : 'Copy'}
          </button>
        </div>
      )}
    </Field>
  );
}
