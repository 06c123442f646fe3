/** What people do about retention, holds and erasure: each deed is checked, goes to the history together with its lines in the audit log, and answers with what is so now. */
import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { ParsedParams, Result } from '../../shared/contract.ts';
import type { Chore, Hold } from '../../shared/retention.ts';
import { auditBy } from './audit-words.ts';
import { CallFailure } from './call-failure.ts';
import { ask } from './history-port.ts';
import type { HistoryPort } from './history-port.ts';
import type { Actor, CallContext, Clock } from './ports.ts';
import { publicId, rowIdOf, type IdKind } from './store/ids.ts';
import { PersonMatcher, samePerson } from './store/person-matcher.ts';
import type { ChoreBy } from './store/retention-commands.ts';
import type { Survey } from './store/survey.ts';

type RetentionMethod = 'retention.setPolicy' | 'retention.run' | 'retention.disk' | 'retention.free' | 'retention.cancel' | 'holds.place' | 'holds.lift' | 'erasure.preview' | 'erasure.run';
export type RetentionDesk = { readonly [M in RetentionMethod]: (params: ParsedParams<M>, context: CallContext) => Promise<Result<M>> };

export interface RetentionDeskParts {
  readonly history: Pick<HistoryPort, 'command' | 'query'>;
  readonly survey: Survey;
  readonly clock: Clock;
}

/** SECURITY: an id of a page is a text of a page; only one that names such a thing goes on. */
function rowOf(kind: IdKind, what: string, id: string): number {
  const row = rowIdOf(kind, id);
  if (row === null) throw new CallFailure('not_found', `There is no ${what} with the identifier ${id}. Nothing was changed.`);
  return row;
}

const byOf = ({ kind, name }: Actor): ChoreBy => ({ actor: name, actorKind: kind });

export function retentionDesk({ history, survey, clock }: RetentionDeskParts): RetentionDesk {
  const port = history as HistoryPort;
  const nowUs = (): number => clock.now() * 1_000;
  const chore = async (id: number): Promise<Chore> => {
    const found = await ask(port, 'choreFact', { id });
    if (found === null) throw new CallFailure('unavailable', 'That was begun and cannot be read back now.');
    return found;
  };
  const hold = async (id: number): Promise<Hold> => {
    const { rows } = await ask(port, 'holds.list', { lifted: true });
    const found = rows.find((one) => one.id === publicId('hold', id));
    if (found === undefined) throw new CallFailure('unavailable', 'The hold was kept and cannot be read back now.');
    return found;
  };
  return {
    'retention.setPolicy': async ({ connectionId, period }, { actor }) => {
      const connection = rowOf('connection', 'connection', connectionId);
      await history.command('retention.setPeriod', { connection, period, audit: auditBy(actor, { action: 'retention.set', subject: connectionId, outcome: 'done', text: '', details: {} }) });
      const { rows } = await ask(port, 'retention.policies', {});
      const kept = rows.find((one) => one.connectionId === connectionId);
      if (kept === undefined) throw new CallFailure('unavailable', 'The period was kept and cannot be read back now.');
      return kept;
    },
    'retention.run': async ({ wait }, { actor }) => chore((await history.command('retention.run', { nowUs: nowUs(), by: byOf(actor), quiet: false, wait })).chore),
    'retention.disk': (_params, { signal }) => survey.disk(signal),
    'retention.free': async ({ rewrite, wait }, { actor }) => chore((await history.command('retention.free', { by: byOf(actor), rewrite, wait })).chore),
    'retention.cancel': async ({ id }, { actor }) => {
      const row = rowOf('chore', 'job', id);
      await history.command('retention.cancel', { chore: row, audit: auditBy(actor, { action: 'retention.cancel', subject: id, outcome: 'done', text: 'Ended a job of retention, freeing or erasure before its end; what it did stays done.', details: {} }) });
      return chore(row);
    },
    'holds.place': async ({ scope, reason }, { actor }) => {
      const connection = scope.kind === 'connection' ? rowOf('connection', 'connection', scope.id) : null;
      const agent = scope.kind === 'agent' ? rowOf('agent', 'agent', scope.id) : null;
      const { id } = await history.command('holds.place', { connection, agent, reason, audit: auditBy(actor, { action: 'hold.place', subject: null, outcome: 'done', text: '', details: { scope } }) });
      return hold(id);
    },
    'holds.lift': async ({ id, reason }, { actor }) => {
      const row = rowOf('hold', 'legal hold', id);
      await history.command('holds.lift', { id: row, reason, audit: auditBy(actor, { action: 'hold.lift', subject: id, outcome: 'done', text: '', details: {} }) });
      return hold(row);
    },
    'erasure.preview': async ({ person, aliases }, { actor, signal }) => {
      await history.command('audit.append', auditBy(actor, { action: 'erasure.preview', subject: null, outcome: 'asked', text: 'Looked where a person stands in the history, to erase them. Whom is not written down.', details: { spellings: 1 + aliases.length } }));
      const preview = await survey.person(person, aliases, signal);
      const own = new PersonMatcher([person, ...aliases]).in(actor.name) ? [`This is the account that you work as (${actor.name}): what you do from now on is written under it again, this erasure among it.`] : [];
      return { ...preview, warnings: [...preview.warnings, ...own] };
    },
    'erasure.run': async ({ person, aliases, reason, rewrite, wait }, { actor }) => {
      refuseOurOwn([person, ...aliases]);
      const salt = randomBytes(16).toString('hex');
      const hashes: string[] = [];
      for (const spelling of new Set([person, ...aliases].map(samePerson))) hashes.push(await slowHash(spelling, salt));
      const { erasure } = await history.command('erasure.run', { by: byOf(actor), person, aliases, salt, hashes, reason, rewrite, wait });
      const { rows } = await ask(port, 'erasure.list', { limit: 100 });
      const kept = rows.find((one) => one.number === erasure);
      if (kept === undefined) throw new CallFailure('unavailable', 'The erasure was begun and cannot be read back now.');
      return kept;
    },
  };
}

/** The same as `personHash` of the reader's, without holding up this thread. */
async function slowHash(spelling: string, salt: string): Promise<string> {
  const hash = promisify<string, string, number, { N: number; r: number; p: number }, Buffer>(scrypt);
  return (await hash(spelling, salt, 32, { N: 16_384, r: 8, p: 1 })).toString('hex');
}

/** Words that Gatehouse itself writes everywhere are nobody's name. */
function refuseOurOwn(spellings: readonly string[]): void {
  const ours = ['Gatehouse', 'erased person', 'person'];
  const wrong = spellings.find((one) => ours.some((word) => samePerson(word) === samePerson(one)) || /^erased person \d+$/.test(samePerson(one)));
  if (wrong !== undefined) throw new CallFailure('bad_request', `"${wrong}" is a word of Gatehouse's own and means nobody. Nothing was erased.`);
}
