/** What people do about access and identity: each deed is checked, goes to the history together with its line in the audit log, and answers with what is so now. */
import { createHash } from 'node:crypto';
import type { DocumentReading } from '../../shared/access.ts';
import type { Method, ParsedParams, Result } from '../../shared/contract.ts';
import { auditBy } from './audit-words.ts';
import type { AuditDeed } from './audit-words.ts';
import { CallFailure } from './call-failure.ts';
import type { DocumentReader } from './document-reader.ts';
import type { HistoryPort } from './history-port.ts';
import { plural } from './plural.ts';
import { systemClock } from './ports.ts';
import type { Actor, CallContext, Clock } from './ports.ts';
import type { AccessCommands } from './store/access-commands.ts';
import { publicId, rowIdOf } from './store/ids.ts';
import type { IdKind } from './store/ids.ts';
import type { AuditWords } from './store/runtime-commands.ts';

type AccessMethod = 'access.dismiss' | 'access.restore' | 'access.approve' | 'access.read' | 'access.import' | 'access.removeDocument' | 'access.setHolder' | 'agents.setOwner';

export type AccessDesk = { readonly [M in AccessMethod]: (params: ParsedParams<M>, context: CallContext) => Promise<Result<M>> };

export interface AccessDeskParts {
  readonly history: {
    command<N extends keyof AccessCommands>(name: N, params: AccessCommands[N]['params']): Promise<AccessCommands[N]['result']>;
    query: HistoryPort['query'];
  };
  readonly documents: DocumentReader;
  readonly clock?: Clock;
}

type Deed = Omit<AuditDeed, 'outcome'>;
const done = (actor: Actor, deed: Deed): AuditWords => auditBy(actor, { ...deed, outcome: 'done' });

const what: Readonly<Partial<Record<IdKind, string>>> = { agent: 'agent', connection: 'connection', document: 'document', finding: 'finding' };

/** SECURITY: an id of a page is a text of a page; only one that names a row of its kind goes on. */
function rowOf(kind: IdKind, id: string): number {
  const row = rowIdOf(kind, id);
  if (row === null) throw new CallFailure('not_found', `There is no ${what[kind] ?? kind} with the identifier ${id}. Nothing was changed.`);
  return row;
}

export function accessDesk(parts: AccessDeskParts): AccessDesk {
  const { history, documents, clock = systemClock } = parts;
  const read = <M extends Method>(name: M, params: ParsedParams<M>): Promise<Result<M>> => history.query(name, params) as Promise<Result<M>>;
  return {
    'access.read': (params, { signal }) => documents.read(params, signal),
    'access.import': (params, context) => importDocument(parts, params, context),
    'access.removeDocument': async ({ id }, { actor }) => {
      const row = rowOf('document', id);
      const { document } = await read('access.document', { id });
      await history.command('access.removeDocument', { id: row, audit: done(actor, { action: 'access.remove', subject: id, text: `Removed the document "${document.name}": what it gave to ${plural(document.agents.length, 'agent')} is gone from now on.`, details: { name: document.name, agents: document.agents.map((agent) => agent.id) } }) });
      return {};
    },
    'access.setHolder': async ({ connectionId, agentId, holds }, { actor }) => {
      const [connection, agent] = [rowOf('connection', connectionId), rowOf('agent', agentId)];
      const text = holds ? `Said that the agent ${agentId} uses what the connection ${connectionId} offers.` : `Took back that the agent ${agentId} uses what the connection ${connectionId} offers.`;
      await history.command('access.setHolder', { connection, agent, holds, audit: done(actor, { action: 'access.holder', subject: agentId, text, details: { connection: connectionId, holds } }) });
      return {};
    },
    'access.dismiss': async ({ id, reason, until }, { actor }) => {
      const row = rowOf('finding', id);
      if (until !== null && Date.parse(until) <= clock.now()) throw new CallFailure('bad_request', 'The time until which it is dismissed is over already. Nothing was changed.');
      const text = `Dismissed a finding ${until === null ? 'until it is found anew' : `until ${until}`}: ${reason}`;
      await history.command('access.dismiss', { id: row, reason, untilUs: until === null ? null : Date.parse(until) * 1_000, audit: done(actor, { action: 'access.dismiss', subject: id, text, details: { reason, until } }) });
      return {};
    },
    'access.restore': async ({ id }, { actor }) => {
      await history.command('access.restore', { id: rowOf('finding', id), audit: done(actor, { action: 'access.restore', subject: id, text: 'Took back the dismissal of a finding.', details: {} }) });
      return {};
    },
    'access.approve': async ({ agentId, note }, { actor }) => {
      const text = `Approved what the agent ${agentId} holds now as its baseline.${note === '' ? '' : ` ${note}`}`;
      await history.command('access.approve', { agent: rowOf('agent', agentId), note, audit: done(actor, { action: 'access.approve', subject: agentId, text, details: { note } }) });
      const { baseline } = await read('access.baseline', { agentId });
      if (baseline === null) throw new CallFailure('unavailable', 'The baseline was approved and cannot be read back now.');
      return baseline;
    },
    'agents.setOwner': async ({ id, role, name, gone }, { actor }) => {
      const text = name === null ? `Took back who is the ${role} of the agent ${id}.` : `Named ${name}${gone ? ', who is gone,' : ''} as the ${role} of the agent ${id}.`;
      const agent = rowOf('agent', id);
      const was = await read('identity.card', { agentId: id });
      const before = role === 'owner' ? was.owner : was.sponsor;
      await history.command('agents.setOwner', { agent, role, name, gone: name !== null && gone, audit: done(actor, { action: 'agents.owner', subject: id, text, details: { role, before, after: name === null ? null : { name, gone } } }) });
      const card = await read('identity.card', { agentId: id });
      return { owner: role === 'owner' ? card.owner : card.sponsor };
    },
  };
}

const formats: Readonly<Record<ParsedParams<'access.import'>['format'], string>> = { iam: 'IAM policy', cedar: 'Cedar policies', oauth_scopes: 'OAuth scopes', app_roles: 'app roles', tools: 'list of tools', declared: 'declaration' };

/** What is kept is read again here: a reading that a page made is a page's word. */
async function importDocument({ history, documents }: AccessDeskParts, params: ParsedParams<'access.import'>, { actor, signal }: CallContext): Promise<Result<'access.import'>> {
  const { name, format, role, enforcement, text, credential } = params;
  const publicAgents = [...new Set(params.agentIds)];
  const agents = publicAgents.map((id) => rowOf('agent', id));
  const reading = await documents.read({ format, role, text }, signal);
  mustGrant(reading);
  const words = `Imported the document "${name}" (${formats[format]}) for ${plural(agents.length, 'agent')}: ${plural(reading.readings.length, 'grant')}${reading.understood === 'whole' ? '' : `, ${reading.understood === 'not' ? 'not' : 'partly'} understood`}.`;
  const details = { name, format, role, enforcement, credential: credential ?? null, agents: publicAgents, bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') };
  const { id } = await history.command('access.import', {
    document: { name, format, role, enforcement, credential: credential ?? null, text, understood: reading.understood, problems: reading.problems }, readings: reading.readings, agents,
    audit: done(actor, { action: 'access.import', subject: null, text: words, details }),
  });
  const found = await history.query('access.document', { id: publicId('document', id) }) as Result<'access.document'>;
  return found.document;
}

/** What cannot be understood is kept and shown; what gives nothing at all is a mistake of whoever imports it. */
function mustGrant({ readings, problems }: DocumentReading): void {
  if (readings.length === 0) throw new CallFailure('bad_request', `Nothing was imported: no grant was found in it. ${problems.slice(0, 3).join(' ')}`.trim());
}
