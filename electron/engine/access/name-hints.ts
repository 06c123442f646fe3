import type { ClassReading } from './worst.ts';

/** Words in the name of a tool, and the class that they hint at. A hint adds a class, it never takes one away or makes one milder. */
const words: readonly (readonly [ClassReading, ReadonlySet<string>])[] = [
  [{ class: 'delete', reversibility: 'irreversible' }, new Set(['delete', 'remove', 'drop', 'destroy', 'purge', 'erase', 'truncate', 'wipe', 'terminate', 'unlink', 'rm'])],
  [{ class: 'execute', reversibility: 'unknown' }, new Set(['exec', 'execute', 'run', 'shell', 'bash', 'eval', 'command', 'invoke', 'python', 'terminal', 'subprocess', 'deploy'])],
  [{ class: 'spend', reversibility: 'externally_reversible' }, new Set(['pay', 'payment', 'purchase', 'buy', 'order', 'refund', 'charge', 'checkout', 'transfer', 'subscribe', 'payout', 'invoice'])],
  [{ class: 'administer', reversibility: 'unknown' }, new Set(['grant', 'revoke', 'permission', 'permissions', 'role', 'roles', 'admin', 'password', 'policy', 'policies', 'credential', 'credentials', 'acl'])],
  [{ class: 'write', reversibility: 'irreversible' }, new Set(['send', 'email', 'mail', 'publish', 'post', 'tweet', 'notify', 'sms', 'reply'])],
  [{ class: 'network', reversibility: 'unknown' }, new Set(['fetch', 'http', 'https', 'request', 'webhook', 'browse', 'browser', 'url', 'curl', 'download', 'upload'])],
];
/** A name that begins so asks about the thing, and does not do it: `list_orders`, `get_policy`. */
const asks = new Set(['get', 'list', 'read', 'search', 'find', 'describe', 'show', 'count', 'check', 'query', 'lookup', 'view', 'is', 'has']);

const partsOf = (name: string): string[] => name.slice(0, 300).replace(/([a-z\d])([A-Z])/gu, '$1 $2').toLowerCase().split(/[^a-z\d]+/u).filter((part) => part !== '');

export function nameHints(name: string): ClassReading[] {
  const parts = partsOf(name);
  if (asks.has(parts[0] ?? '')) return [];
  return words.filter(([, hints]) => parts.some((part) => hints.has(part))).map(([reading]) => reading);
}

const verbs: Readonly<Record<string, ClassReading>> = {
  ...Object.fromEntries(['get', 'list', 'read', 'view', 'search', 'find', 'describe'].map((verb) => [verb, { class: 'read', reversibility: 'read_only' }])),
  ...Object.fromEntries(['write', 'update', 'edit', 'put', 'create', 'add', 'insert', 'upload'].map((verb) => [verb, { class: 'write', reversibility: 'unknown' }])),
  ...Object.fromEntries(['delete', 'remove', 'destroy', 'purge'].map((verb) => [verb, { class: 'delete', reversibility: 'irreversible' }])),
  ...Object.fromEntries(['execute', 'run', 'invoke'].map((verb) => [verb, { class: 'execute', reversibility: 'unknown' }])),
};

/** The class of a name that is nothing but a plain verb, or a plain verb and one noun (`viewPhoto`); null: it says more, or nothing. */
export function plainVerb(name: string): ClassReading | null {
  const [verb = '', noun = '', ...more] = partsOf(name);
  if (more.length > 0 || Object.hasOwn(verbs, noun) || words.some(([, hints]) => hints.has(noun))) return null;
  return Object.hasOwn(verbs, verb) ? verbs[verb] ?? null : null;
}
