/**
 * Keys in `x-api-key`, as the SDK sends them: one that sees everybody's work, two that see their own, one that may only read. A key that
 * stands in the file `revoked` of the server's folder is no key any more.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Auth, HTTPException } from '@langchain/langgraph-sdk/auth';

const revoked = path.join(process.env.LANGGRAPH_STATE_FOLDER ?? '.', 'revoked');
const people = {
  'key-admin': { identity: 'admin', permissions: ['admin'] },
  'key-ada': { identity: 'ada', permissions: ['own'] },
  'key-bo': { identity: 'bo', permissions: ['own'] },
  'key-reader': { identity: 'reader', permissions: ['read'] },
};

export const auth = new Auth()
  .authenticate(async (request) => {
    const key = request.headers.get('x-api-key') ?? '';
    const gone = existsSync(revoked) && readFileSync(revoked, 'utf8').split('\n').includes(key);
    if (gone || !Object.hasOwn(people, key)) throw new HTTPException(401, { message: 'Invalid API key' });
    return people[key];
  })
  .on('threads', ({ action, value, user }) => {
    if (user.permissions.includes('admin')) return undefined;
    if (user.permissions.includes('read')) {
      if (action === 'read' || action === 'search') return undefined;
      throw new HTTPException(403, { message: 'This key may only read' });
    }
    if ('metadata' in value) value.metadata = { ...value.metadata, owner: user.identity };
    return { owner: user.identity };
  });
