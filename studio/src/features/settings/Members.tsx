// Who belongs to the workspace, what they may do, and who is invited.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { api, messageOf, segment } from '../../api/client';
import type {
  InvitationList,
  InvitationOutput,
  MemberList,
  MemberOutput,
  NewInvitationOutput,
  Role,
} from '../../api/contract';
import { useMay, useSession } from '../../session/session';
import { CopyOnce } from '../../ui/CopyOnce';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { dateTime } from '../../ui/format';
import { ROLES } from '../../ui/roles';
import { Failed, Loading } from '../../ui/states';
import { useToast } from '../../ui/toast';

const MAILS = {
  queued: 'A mail with this link is on its way.',
  limited: 'Too many mails went out lately: send this link yourself.',
  unavailable: 'The mail could not be queued: send this link yourself.',
};

function Invite({ onClose, done }: { onClose: () => void; done: () => void }) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('developer');
  const [made, setMade] = useState<NewInvitationOutput | null>(null);
  const [fault, setFault] = useState('');
  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      setMade(await api.post<NewInvitationOutput>('/api/invitations', { email, role }));
      done();
    } catch (error) {
      setFault(messageOf(error));
    }
  }
  if (made) {
    return (
      <Dialog title={`${made.invitation.email} is invited`} onClose={onClose}>
        <p>{MAILS[made.mail]}</p>
        <CopyOnce label="Invitation link" text={made.link} />
        <p className="small quiet">It is shown here only, and good for seven days.</p>
      </Dialog>
    );
  }
  return (
    <Dialog title="Invite somebody" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <Field label="E-mail address" fault={fault}>
          {(ids) => (
            <input
              {...ids}
              type="email"
              value={email}
              onChange={(event) => setEmail(event.target.value)}
              required
            />
          )}
        </Field>
        <Field label="Role" hint={ROLES[role]}>
          {(ids) => (
            <select {...ids} value={role} onChange={(event) => setRole(event.target.value as Role)}>
              {Object.keys(ROLES).map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
        <footer>
          <button className="button primary">Invite</button>
        </footer>
      </form>
    </Dialog>
  );
}

const stateOf = (invitation: InvitationOutput, now: number): string => {
  if (invitation.accepted_at) return 'accepted';
  if (invitation.revoked_at) return 'withdrawn';
  return new Date(invitation.expires_at).getTime() < now ? 'expired' : 'open';
};

function Invitations({ data, refresh }: { data: InvitationList; refresh: () => void }) {
  const toast = useToast();
  const may = useMay('members:write');
  const [now] = useState(() => Date.now());
  const open = data.items.filter((invitation) => stateOf(invitation, now) === 'open');
  if (open.length === 0) return null;
  const withdraw = (id: string) =>
    api
      .remove(`/api/invitations/${segment(id)}`)
      .then(refresh, (error: unknown) => toast({ text: messageOf(error) }));
  return (
    <section className="stack tight">
      <h2>Open invitations</h2>
      <ul className="list">
        {open.map((invitation) => (
          <li key={invitation.id}>
            <span className="grow clip">{invitation.email}</span>
            <span className="small quiet">
              {invitation.role}, until {dateTime(invitation.expires_at)}
            </span>
            {may && (
              <button className="button plain" onClick={() => void withdraw(invitation.id)}>
                Withdraw
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ member, refresh }: { member: MemberOutput; refresh: () => void }) {
  const may = useMay('members:write');
  const { person } = useSession();
  const toast = useToast();
  const path = `/api/members/${segment(member.user)}`;
  const attempt = (work: Promise<unknown>) =>
    work.then(refresh, (error: unknown) => toast({ text: messageOf(error) }));
  return (
    <li>
      <span className="grow clip">
        {member.email}
        {person?.user === member.user && <span className="quiet"> (you)</span>}
      </span>
      {may ? (
        <select
          className="fit"
          aria-label={`Role of ${member.email}`}
          value={member.role}
          onChange={(event) => void attempt(api.patch(path, { role: event.target.value }))}
        >
          {Object.keys(ROLES).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      ) : (
        <span className="quiet">{member.role}</span>
      )}
      {may && (
        <button
          className="button plain"
          aria-label={`Remove ${member.email}`}
          onClick={() => void attempt(api.remove(path))}
        >
          Remove
        </button>
      )}
    </li>
  );
}

export function Members() {
  const queries = useQueryClient();
  const may = useMay('members:write');
  const [inviting, setInviting] = useState(false);
  const members = useQuery({
    queryKey: ['members'],
    queryFn: () => api.get<MemberList>('/api/members'),
  });
  const invitations = useQuery({
    queryKey: ['invitations'],
    queryFn: () => api.get<InvitationList>('/api/invitations', { query: { limit: 200 } }),
  });
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ['members'] });
    void queries.invalidateQueries({ queryKey: ['invitations'] });
  };
  if (members.error) return <Failed error={members.error} again={() => void members.refetch()} />;
  if (!members.data) return <Loading />;
  return (
    <div className="stack loose">
      <section className="stack tight">
        <div className="row spread">
          <h2>Members</h2>
          {may && (
            <button className="button primary" onClick={() => setInviting(true)}>
              Invite somebody
            </button>
          )}
        </div>
        {members.data.items.length > 0 ? (
          <ul className="list" aria-label="Members">
            {members.data.items.map((member) => (
              <Row key={member.user} member={member} refresh={refresh} />
            ))}
          </ul>
        ) : (
          <p className="quiet">Nobody has an account here; this workspace is used with a key.</p>
        )}
      </section>
      {invitations.data && <Invitations data={invitations.data} refresh={refresh} />}
      {inviting && <Invite onClose={() => setInviting(false)} done={refresh} />}
    </div>
  );
}
