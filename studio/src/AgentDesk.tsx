// The editor with the test pane beside it: two features that do not know of each other.
import { useParams } from 'react-router';
import { EditorPage } from './features/agents/EditorPage';
import { TrialPane } from './features/trial/TrialPane';

export function AgentDesk() {
  const { agent = '' } = useParams();
  return (
    <EditorPage
      key={agent}
      agent={agent}
      beside={(saved, dirty) => <TrialPane agent={saved} dirty={dirty} />}
    />
  );
}
