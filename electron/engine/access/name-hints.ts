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

export function nameHints(name: string): ClassReading[] {
  const parts = name.slice(0, 300).replace(/([a-z\d])([A-Z])/gu, '$1 $2').toLowerCase().split(/[^a-z\d]+/u).filter((part) => part !== '');
  if (asks.has(parts[0] ?? '')) return [];
  return words.filter(([, hints]) => parts.some((part) => hints.has(part))).map(([reading]) => reading);
}
