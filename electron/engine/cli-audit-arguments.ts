/** What a person may type about the audit log. Pure: words in, a command out, or a sentence about what is wrong. */
import { allow, needed, oneOf, readLimit, UsageError } from './cli-options.ts';
import type { Values } from './cli-options.ts';

const outcomes = ['asked', 'done', 'failed', 'refused'] as const;

export type AuditCommand =
  | { readonly name: 'audit'; readonly filter: AuditFilter; readonly limit: number | null }
  | { readonly name: 'audit show'; readonly entry: string }
  | { readonly name: 'audit check' }
  | { readonly name: 'audit seals'; readonly limit: number | null }
  | { readonly name: 'audit key'; readonly all: boolean }
  | { readonly name: 'audit renew-key'; readonly reason: string }
  | { readonly name: 'audit prune'; readonly before: string; readonly reason: string };

export interface AuditFilter { readonly subject?: string; readonly actor?: string; readonly action?: string; readonly outcome?: (typeof outcomes)[number]; readonly text?: string; readonly from?: string; readonly to?: string }

const limitOf = (values: Values): number | null => (values.limit === undefined ? null : readLimit(values.limit));

/** `readTime`: a span back from now, or a time. */
export function readAudit([verb, ...rest]: readonly string[], values: Values, readTime: (text: string) => string): AuditCommand {
  switch (verb) {
    case undefined:
    case 'list':
      allow(values, ['subject', 'by', 'action', 'outcome', 'text', 'since', 'until', 'limit'], rest, 0);
      return { name: 'audit', filter: readFilter(values, readTime), limit: limitOf(values) };
    case 'show':
      allow(values, [], rest, 1);
      return { name: 'audit show', entry: needed(rest[0], 'the entry\'s id or number') };
    case 'check':
      allow(values, [], rest, 0);
      return { name: 'audit check' };
    case 'seals':
      allow(values, ['limit'], rest, 0);
      return { name: 'audit seals', limit: limitOf(values) };
    case 'key':
      allow(values, ['all'], rest, 0);
      return { name: 'audit key', all: values.all };
    case 'renew-key':
      allow(values, ['reason'], rest, 0);
      return { name: 'audit renew-key', reason: needed(values.reason, '--reason TEXT: it is kept in the audit log') };
    case 'prune':
      allow(values, ['until', 'reason', 'yes'], rest, 0);
      if (!values.yes) throw new UsageError('Entries that are removed are gone: their seals and a tombstone stay. Say it again with --yes.');
      return { name: 'audit prune', before: readTime(needed(values.until, '--until TIME: entries from before it go, up to a seal')), reason: needed(values.reason, '--reason TEXT: it is kept in the audit log') };
    default: throw new UsageError(`"${verb}" is nothing that can be done with the audit log.`);
  }
}

function readFilter(values: Values, readTime: (text: string) => string): AuditFilter {
  return {
    ...(values.subject === undefined ? {} : { subject: values.subject }), ...(values.by === undefined ? {} : { actor: values.by }), ...(values.action === undefined ? {} : { action: values.action }),
    ...(values.outcome === undefined ? {} : { outcome: oneOf(values.outcome, outcomes, '--outcome') }), ...(values.text === undefined ? {} : { text: values.text }),
    ...(values.since === undefined ? {} : { from: readTime(values.since) }), ...(values.until === undefined ? {} : { to: readTime(values.until) }),
  };
}
