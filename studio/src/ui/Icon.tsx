// The few icons, drawn on a grid of 24 with one stroke.
const PATHS = {
  agents:
    'M12 3v3M7 6h10a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3h-3l-4 3v-3H7a3 3 0 0 1-3-3V9a3 3 0 0 1 3-3ZM9 11v2M15 11v2',
  live: 'M4 12h2M18 12h2M8 8v8M12 5v14M16 9v6',
  conversations: 'M4 5h11v8H8l-4 3ZM15 9h5v10l-3-2h-6v-4',
  settings: 'M4 7h10M18 7h2M14 5v4M4 17h2M10 17h10M10 15v4M4 12h6M14 12h6',
  search: 'M10.5 17a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13ZM15.5 15.5 20 20',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6 6 18',
  mic: 'M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4ZM6 11a6 6 0 0 0 12 0M12 17v3',
  theme: 'M12 4a8 8 0 1 0 0 16ZM12 4a8 8 0 0 1 0 16',
  out: 'M10 5H5v14h5M14 8l4 4-4 4M18 12H9',
  back: 'M14 6l-6 6 6 6',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg width="18" height="18" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
