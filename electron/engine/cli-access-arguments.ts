/** What a person may type about access and identity. Pure: words in, a command out, or a sentence about what is wrong. */
import { accessClasses, documentRoles, enforcements, findingRules, importFormats, proposalForms } from '../../shared/access.ts';
import type { AccessClass, DocumentRole, Enforcement, FindingRule, ImportFormat, Proposal } from '../../shared/access.ts';
import { allow, needed, oneOf, readLimit, UsageError } from './cli-options.ts';
import type { Values } from './cli-options.ts';

interface Listed { readonly agent: string | null; readonly limit: number | null }

export type AccessCommand =
  | {
    readonly name: 'access'; readonly by: 'class' | 'resource'; readonly days: number; readonly agent: string | null; readonly text: string | null; readonly limit: number | null;
    readonly only: { readonly unused: boolean; readonly attempted: boolean; readonly irreversible: boolean; readonly shared: boolean };
  }
  | ({ readonly name: 'access grants'; readonly connection: string | null; readonly document: string | null; readonly class: AccessClass | null; readonly text: string | null; readonly gone: boolean } & Listed)
  | { readonly name: 'access show'; readonly grant: string }
  | ({ readonly name: 'access findings'; readonly rule: FindingRule | null; readonly dismissed: boolean } & Listed)
  | { readonly name: 'access dismiss'; readonly finding: string; readonly reason: string; readonly until: string | null }
  | { readonly name: 'access restore'; readonly finding: string }
  | ({ readonly name: 'access drift'; readonly connection: string | null; readonly widening: boolean; readonly since: string | null } & Listed)
  | { readonly name: 'access baseline' | 'access reach' | 'access identity'; readonly agent: string }
  | { readonly name: 'access approve'; readonly agent: string; readonly note: string }
  | { readonly name: 'access proposal'; readonly agent: string; readonly form: Proposal['form']; readonly days: number }
  | ({ readonly name: 'access documents' } & Listed)
  | { readonly name: 'access document' | 'access remove'; readonly document: string }
  | {
    readonly name: 'access import'; readonly file: string; readonly format: ImportFormat; readonly role: DocumentRole;
    /** null: only read, keep nothing. */
    readonly keep: { readonly documentName: string; readonly agents: readonly string[]; readonly enforcement: Enforcement; readonly credential: string | null } | null;
  }
  | { readonly name: 'access holder'; readonly connection: string; readonly agent: string; readonly holds: boolean }
  | { readonly name: 'access owner'; readonly agent: string; readonly role: 'owner' | 'sponsor'; readonly owner: string | null; readonly gone: boolean };

const limitOf = (values: Values): number | null => (values.limit === undefined ? null : readLimit(values.limit));
const listedOf = (values: Values): Listed => ({ agent: values.agent ?? null, limit: limitOf(values) });

function daysOf(values: Values): number {
  if (values.days === undefined) return 90;
  const days = Number(values.days);
  if (!Number.isSafeInteger(days) || days < 1 || days > 3_650) throw new UsageError('--days is a whole number from 1 to 3650.');
  return days;
}

type ReadTime = (text: string) => string;

export function readAccess([verb, ...rest]: readonly string[], values: Values, readTime: ReadTime): AccessCommand {
  const agent = (): string => needed(rest[0], 'the agent\'s id or name');
  switch (verb) {
    case undefined: return readMatrix(rest, values);
    case 'grants': return readGrants(rest, values);
    case 'show':
      allow(values, [], rest, 1);
      return { name: 'access show', grant: needed(rest[0], 'the grant\'s id') };
    case 'findings':
    case 'dismiss':
    case 'restore': return readFindings(verb, rest, values, readTime);
    case 'drift':
      allow(values, ['agent', 'connection', 'widening', 'since', 'limit'], rest, 0);
      return { name: 'access drift', connection: values.connection ?? null, widening: values.widening, since: values.since === undefined ? null : readTime(values.since), ...listedOf(values) };
    case 'baseline':
    case 'reach':
    case 'identity':
      allow(values, [], rest, 1);
      return { name: `access ${verb}`, agent: agent() };
    case 'approve':
      allow(values, ['note'], rest, 1);
      return { name: 'access approve', agent: agent(), note: values.note ?? '' };
    case 'proposal':
      allow(values, ['form', 'days'], rest, 1);
      return { name: 'access proposal', agent: agent(), form: values.form === undefined ? 'allow_list' : oneOf(values.form.replace('-', '_'), proposalForms, '--form'), days: daysOf(values) };
    case 'documents':
    case 'document':
    case 'remove':
    case 'import': return readDocuments(verb, rest, values);
    case 'holder':
      allow(values, ['take-back'], rest, 2);
      return { name: 'access holder', connection: needed(rest[0], 'the connection\'s id or name'), agent: needed(rest[1], 'the agent\'s id or name'), holds: !values['take-back'] };
    case 'owner': return readOwner(rest, values);
    default: throw new UsageError(`There is no command "access ${verb}".`);
  }
}

function readMatrix(rest: readonly string[], values: Values): AccessCommand {
  allow(values, ['by', 'days', 'agent', 'text', 'unused', 'attempted', 'irreversible', 'shared', 'limit'], rest, 0);
  const { unused, attempted, irreversible, shared } = values;
  return { name: 'access', by: values.by === undefined ? 'class' : oneOf(values.by, ['class', 'resource'], '--by'), days: daysOf(values), text: values.text ?? null, only: { unused, attempted, irreversible, shared }, ...listedOf(values) };
}

function readGrants(rest: readonly string[], values: Values): AccessCommand {
  allow(values, ['agent', 'connection', 'document', 'class', 'text', 'gone', 'limit'], rest, 0);
  return {
    name: 'access grants', connection: values.connection ?? null, document: values.document ?? null, text: values.text ?? null, gone: values.gone, ...listedOf(values),
    class: values.class === undefined ? null : oneOf(values.class.replace('-', '_'), accessClasses, '--class'),
  };
}

function readFindings(verb: 'findings' | 'dismiss' | 'restore', rest: readonly string[], values: Values, readTime: ReadTime): AccessCommand {
  switch (verb) {
    case 'findings':
      allow(values, ['agent', 'rule', 'dismissed', 'limit'], rest, 0);
      return { name: 'access findings', rule: values.rule === undefined ? null : oneOf(values.rule.replaceAll('-', '_'), findingRules, '--rule'), dismissed: values.dismissed, ...listedOf(values) };
    case 'dismiss':
      allow(values, ['reason', 'until'], rest, 1);
      return { name: 'access dismiss', finding: needed(rest[0], 'the finding\'s id'), reason: needed(values.reason, '--reason TEXT: it is kept in the audit log'), until: values.until === undefined ? null : untilOf(values.until, readTime) };
    case 'restore':
      allow(values, [], rest, 1);
      return { name: 'access restore', finding: needed(rest[0], 'the finding\'s id') };
  }
}

/** A time to come; spans count backwards everywhere else. */
function untilOf(text: string, readTime: ReadTime): string {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) throw new UsageError('--until is a time, for example 2027-01-31 or 2027-01-31T08:00:00Z.');
  return readTime(text);
}

function readDocuments(verb: 'documents' | 'document' | 'remove' | 'import', rest: readonly string[], values: Values): AccessCommand {
  switch (verb) {
    case 'documents':
      allow(values, ['agent', 'limit'], rest, 0);
      return { name: 'access documents', ...listedOf(values) };
    case 'document':
    case 'remove':
      allow(values, [], rest, 1);
      return { name: `access ${verb}`, document: needed(rest[0], 'the document\'s id or name') };
    case 'import': {
      allow(values, ['format', 'role', 'enforcement', 'name', 'for', 'as', 'try'], rest, 1);
      const file = needed(rest[0], 'a file, or - for the standard input');
      const format = oneOf(needed(values.format, `--format ${importFormats.join('|')}`).replace('-', '_'), importFormats, '--format');
      const role = values.role === undefined ? 'identity' : oneOf(values.role, documentRoles, '--role');
      return { name: 'access import', file, format, role, keep: values.try ? null : keepOf(values) };
    }
  }
}

function keepOf(values: Values): Extract<AccessCommand, { name: 'access import' }>['keep'] {
  const agents = values.for ?? [];
  if (agents.length === 0) throw new UsageError('This command needs --for AGENT: who holds it. To read it and keep nothing, add --try.');
  const enforcement = values.enforcement === undefined ? 'unknown' : oneOf(values.enforcement.replace('-', '_'), enforcements, '--enforcement');
  return { documentName: needed(values.name, '--name NAME'), agents, enforcement, credential: values.as ?? null };
}

function readOwner(rest: readonly string[], values: Values): AccessCommand {
  allow(values, ['name', 'sponsor', 'left', 'take-back'], rest, 1);
  const agent = needed(rest[0], 'the agent\'s id or name');
  if ((values.name === undefined) !== values['take-back']) throw new UsageError('access owner needs --name NAME, or --take-back, one of them.');
  return { name: 'access owner', agent, role: values.sponsor ? 'sponsor' : 'owner', owner: values.name ?? null, gone: values.left };
}
