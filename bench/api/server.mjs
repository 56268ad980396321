// GET /api/agents as an Express server with pg answers it: the token is verified, the workspace is
// claimed for row-level security, the page is read, all in one transaction.
//
//   PGHOST=… PGPORT=… PGUSER=antiphon_app PGDATABASE=antiphon JWT_SECRET=… node server.mjs one|four
//
// one   the four statements in one simple query: one round trip, as Antiphon does it
// four  begin, claim, select, commit, each awaited: what is usually written
// Prints its port.
import express from 'express';
import jwt from 'jsonwebtoken';
import pg from 'pg';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const COLUMNS = `id, slug, name, description, status, draft as configuration, revision,
  published_version_id as published_version, created_at, updated_at`;
const CLAIM = "public.begin_work('user', $1::uuid, $2::uuid, 'owner', null, null)";
const PAGE = `select ${COLUMNS} from public.agents
  where workspace_id = (select public.current_workspace_id())
  order by created_at desc, id desc limit 51`;

const pool = new pg.Pool({ max: Number(process.env.POOL ?? 8) });

async function inOneTrip(user, workspace) {
  const claim = CLAIM.replace('$1', `'${user}'`).replace('$2', `'${workspace}'`);
  const results = await pool.query(`begin; select ${claim}; ${PAGE}; commit`);
  return results[2].rows;
}

async function inFourTrips(user, workspace) {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query({ name: 'claim', text: `select ${CLAIM}`, values: [user, workspace] });
    const { rows } = await client.query({ name: 'page', text: PAGE });
    await client.query('commit');
    return rows;
  } finally {
    client.release();
  }
}

const read = process.argv[2] === 'four' ? inFourTrips : inOneTrip;
const app = express();
app.disable('x-powered-by');
app.get('/api/agents', async (request, response) => {
  const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  let claims;
  try {
    claims = jwt.verify(token, process.env.JWT_SECRET, { algorithms: ['HS256'], audience: 'authenticated' });
  } catch {
    response.status(401).json({ code: 'unauthenticated' });
    return;
  }
  const workspace = request.headers['antiphon-workspace'] ?? '';
  if (!UUID.test(claims.sub) || !UUID.test(workspace)) {
    response.status(404).json({ code: 'not_found' });
    return;
  }
  response.json({ items: await read(claims.sub, workspace) });
});
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
