import { Dialog } from '../../ui/Dialog';

const SHORTCUTS = [
  ['Ctrl K', 'Search'],
  ['Ctrl /', 'This sheet'],
  ['Ctrl S', 'Save the agent'],
  ['G then A', 'Agents'],
  ['G then L', 'Live'],
  ['G then C', 'Conversations'],
  ['G then S', 'Settings'],
  ['N', 'New agent'],
  ['/', 'Open a conversation by its id'],
] as const;

export default function ShortcutSheet({ close }: { close: () => void }) {
  return (
    <Dialog title="Shortcuts" onClose={close}>
      <table className="data">
        <tbody>
          {SHORTCUTS.map(([keys, does]) => (
            <tr key={keys}>
              <th scope="row">
                <kbd>{keys}</kbd>
              </th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="small quiet">
        On a Mac, ⌘ stands for Ctrl. Single keys can be switched off in the settings.
      </p>
    </Dialog>
  );
}
