// usage: print-walk.mjs BASE MAIL_FOLDER     the walk through any auth server, a step a line
import { Mailbox } from './mailbox.mjs';
import { walkThrough } from './walk.mjs';

const [, , base, folder] = process.argv;
for (const [step, answer] of await walkThrough({ base, mail: new Mailbox(folder) })) {
  console.log(`${step}: ${answer}`);
}
