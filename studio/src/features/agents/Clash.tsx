// Somebody else saved the same agent: the person decides what stays.
import { Dialog } from '../../ui/Dialog';
import { wordsOf } from './draft';
import type { Editor } from './useEditor';

export function Clash({ editor }: { editor: Editor }) {
  const { clashes } = editor;
  return (
    <Dialog title="Somebody else saved this agent" onClose={editor.later}>
      {clashes.length > 0 ? (
        <>
          <p>You both changed the same thing. Keeping yours replaces theirs in:</p>
          <ul>
            {clashes.map((path) => (
              <li key={path}>{wordsOf(path)}</li>
            ))}
          </ul>
        </>
      ) : (
        <p>You changed different things, so both fit together.</p>
      )}
      <footer>
        <button type="button" className="button" onClick={editor.later}>
          Decide later
        </button>
        <button type="button" className="button" onClick={editor.takeTheirs}>
          Take theirs
        </button>
        <button type="button" className="button primary" onClick={() => void editor.keepMine()}>
          {clashes.length > 0 ? 'Keep mine' : 'Save both'}
        </button>
      </footer>
    </Dialog>
  );
}
