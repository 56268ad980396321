// Accepts an invitation: its token comes in the address, behind #, and is sent to this server only.
const form = document.getElementById('form');
const notice = document.getElementById('notice');
const token = new URLSearchParams(location.hash.slice(1)).get('token');

function say(text) {
  notice.textContent = text;
  notice.hidden = false;
}

function finish(title, text) {
  document.getElementById('title').textContent = title;
  document.getElementById('text').textContent = text;
  form.hidden = true;
  notice.hidden = true;
}

// The answer's body, or an Error with a sentence for people.
async function post(path, body, accessToken) {
  const response = await fetch(path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(accessToken ? { Authorization: `Bearer ${accessToken}` } : {}),
    },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Error(answer.detail ?? answer.msg ?? `The server answered ${response.status}.`);
}

async function signUp(credentials) {
  const made = await post('/auth/v1/signup', credentials);
  if (made.access_token) return accept(made.access_token);
  return finish('Confirm your address',
    'We have sent you a mail. Follow the link in it, then open the invitation again and sign in.');
}

async function accept(accessToken) {
  const { role } = await post('/api/invitations/accept', { token }, accessToken);
  history.replaceState(null, '', location.pathname);
  finish('You are in', `You belong to the workspace now, as ${role}. Sign in to the studio to see it.`);
  const link = document.createElement('a');
  Object.assign(link, { href: '/signin', textContent: 'Open the studio' });
  document.getElementById('text').after(link);
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const credentials = { email: form.elements.email.value, password: form.elements.password.value };
  for (const button of form.querySelectorAll('button')) button.disabled = true;
  try {
    if (event.submitter?.value === 'sign-up') {
      await signUp(credentials);
    } else {
      const session = await post('/auth/v1/token?grant_type=password', credentials);
      await accept(session.access_token);
    }
  } catch (error) {
    say(error.message);
  } finally {
    for (const button of form.querySelectorAll('button')) button.disabled = false;
  }
});

if (!token) {
  finish('This link is not whole', 'Open the link of the mail again, or ask for another invitation.');
}
