/** Slack's scopes ("Permission scopes"): `{family}:{operation}`, the families being Slack's own. */
import type { ClassReading } from './worst.ts';
import type { ScopeReading } from './scope-reading.ts';
import { changing, looking, removing, ruling, running, scope, sending } from './scope-reading.ts';

const families = new Set([
  'app_mentions', 'assistant', 'bookmarks', 'calls', 'canvases', 'channels', 'chat', 'conversations.connect', 'dnd', 'emoji', 'files', 'groups', 'im', 'links', 'links.embed', 'lists', 'metadata.message', 'mpim', 'pins', 'reactions', 'reminders', 'remote_files', 'search', 'stars', 'team', 'team.billing', 'team.preferences', 'tokens', 'triggers', 'usergroups', 'users', 'users.profile', 'workflow.steps', 'workflows.templates', 'datastore', 'hosting', 'connections', 'authorizations', 'auditlogs', 'identity', 'app_configurations',
]);
const operations: Readonly<Record<string, readonly ClassReading[]>> = { read: looking, history: looking, basic: looking, write: [...changing, ...removing], manage: [...changing, ...removing, ...ruling], execute: running, join: changing };
/** To write there is to say something to people. */
const speaks = new Set(['chat', 'im', 'mpim', 'assistant', 'links']);
/** Words that only Slack puts in that place; the others stand in scopes of many services. */
const own = new Set(['app_mentions', 'channels', 'chat', 'conversations.connect', 'dnd', 'groups', 'im', 'links.embed', 'metadata.message', 'mpim', 'pins', 'reactions', 'remote_files', 'stars', 'usergroups', 'users.profile', 'workflow.steps']);
const people = new Set(['users', 'users.profile', 'im', 'mpim', 'groups', 'channels', 'identity', 'search']);

export function slackScope(name: string): ScopeReading | null {
  if (name === 'incoming-webhook') return scope('Slack chat', sending, { says: 'Posts into one channel.' });
  if (name === 'commands') return scope('Slack commands', changing, { says: 'Adds commands that people call.' });
  const [family, operation, ...rest] = name.split(':');
  if (family === undefined || operation === undefined || rest.length > 0) return null;
  const [verb = ''] = operation.split('.');
  if (!Object.hasOwn(operations, verb)) return null;
  if (/^admin(?:\.[a-z_]+)*$/u.test(family)) return scope(`Slack ${family}`, verb === 'read' ? looking : [...(operations[verb] ?? []), ...ruling], { says: 'Administration of the whole workspace.' });
  if (!families.has(family)) return null;
  const classes = verb === 'write' && speaks.has(family) ? [...sending, ...(family === 'chat' ? removing : [])] : operations[verb] ?? [];
  return scope(`Slack ${family}`, classes, { notes: own.has(family) ? [] : ['It is read as a scope of Slack; the name alone does not say whose it is.'], dataClass: people.has(family) && classes === looking ? 'personal' : null });
}
