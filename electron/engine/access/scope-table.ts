/**
 * OAuth scopes and app roles whose meaning their vendor publishes: Microsoft Graph, Google, GitHub, Slack, OpenID Connect. What no table and
 * no published rule of names covers is not guessed.
 *
 * Reversibility: reading is `read_only`; sending a message is `irreversible`; a scope that includes deletion does not say whether a bin
 * follows, so writing and deleting are `unknown` unless the vendor says otherwise.
 */
import { githubScope } from './scope-github.ts';
import { googleScope } from './scope-google.ts';
import { microsoftScope } from './scope-microsoft.ts';
import type { ScopeReading } from './scope-reading.ts';
import { looking, scope } from './scope-reading.ts';
import { slackScope } from './scope-slack.ts';

/** null: no table knows it. `role`: an app role: held by the application itself, not on behalf of a person. */
export function readScope(name: string, kind: 'scope' | 'role'): ScopeReading | null {
  return openIdScope(name) ?? microsoftScope(name, kind) ?? googleScope(name) ?? githubScope(name) ?? slackScope(name);
}

const openId: Readonly<Record<string, string>> = { openid: 'Who the person is.', profile: 'Name and picture of the person.', email: 'E-mail address of the person.', address: 'Postal address of the person.', phone: 'Phone number of the person.', offline_access: 'Keeps its access while the person is away, until it is revoked.' };

/** OpenID Connect Core 1.0, sections 5.4 and 11. */
const openIdScope = (name: string): ScopeReading | null => (Object.hasOwn(openId, name) ? scope('Sign-in', looking, { says: openId[name] ?? null, dataClass: name === 'offline_access' ? null : 'personal' }) : null);
