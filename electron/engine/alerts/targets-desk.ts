/** Targets of alerts as people keep them. SECURITY: a credential goes from the call to where it rests, and from there only to the target; what is told of it here is from where it comes. */
import { randomUUID } from 'node:crypto';
import type { AlertMessage, AlertTarget, TargetConfig, TargetDraft } from '../../../shared/alerts.ts';
import type { CredentialInput, ParsedParams, Result } from '../../../shared/contract.ts';
import { auditBy } from '../audit-words.ts';
import { CallFailure } from '../call-failure.ts';
import type { KeptCredential } from '../collect/credentials.ts';
import { ask } from '../history-port.ts';
import type { HistoryPort } from '../history-port.ts';
import { plural } from '../plural.ts';
import { systemClock } from '../ports.ts';
import type { CallContext } from '../ports.ts';
import type { TargetFact } from '../store/alert-commands.ts';
import { publicId } from '../store/ids.ts';
import type { StoredTarget } from '../store/queries/alert-targets.ts';
import { done, rowOf } from './desk-parts.ts';
import type { AlertsDeskParts } from './desk-parts.ts';
import { placeWords, shownTarget, targetProblem } from './target-checks.ts';

export class TargetsDesk {
  readonly #parts: AlertsDeskParts;

  constructor(parts: AlertsDeskParts) { this.#parts = parts; }

  async list(): Promise<Result<'targets.list'>> {
    const { rows } = await this.#parts.history.query('targets.list', {}) as { rows: StoredTarget[] };
    return { rows: rows.map((row) => this.#shown(row)) };
  }

  async save({ id, draft, credential }: ParsedParams<'targets.save'>, { actor }: CallContext): Promise<AlertTarget> {
    const before = id === undefined ? null : await this.#fact(id);
    const problem = targetProblem(draft, before, credential);
    if (problem !== null) throw new CallFailure('bad_request', `${problem} Nothing was changed.`);
    const kept = credential === undefined ? null : await this.#keep(credential);
    const text = `${before === null ? 'Added' : 'Changed'} the target "${draft.name}": ${placeWords(draft.config)}.${credentialWords(before, credential)}`;
    const audit = done(actor, { action: 'targets.save', subject: id ?? null, text, details: { before: before === null ? null : shownTarget(before), after: shownTarget(draft), ...(credential === undefined ? {} : { credential: credential.from }) } });
    const saved = await this.#orForget(kept, () => this.#parts.history.command('targets.save', { id: before?.id ?? null, ...fields(draft), credential: kept ?? undefined, changedBy: actor.name, audit }));
    if (kept !== null) await this.#forget(before?.credential ?? null);
    const row = (await this.list()).rows.find((one) => one.id === publicId('target', saved.id));
    if (row === undefined) throw new CallFailure('unavailable', 'The target was kept and cannot be read back now.');
    return row;
  }

  async remove({ id }: ParsedParams<'targets.remove'>, { actor }: CallContext): Promise<Result<'targets.remove'>> {
    const fact = await this.#fact(id);
    const row = (await this.list()).rows.find((one) => one.id === id);
    const waiting = row?.waiting ?? 0;
    const text = `Removed the target "${fact.name}"${waiting === 0 ? '' : `: ${plural(waiting, 'delivery', 'deliveries')} that waited for it will not be sent`}.`;
    await this.#parts.history.command('targets.remove', { id: fact.id, audit: done(actor, { action: 'targets.remove', subject: id, text, details: { before: shownTarget(fact), waiting } }) });
    await this.#forget(fact.credential);
    return {};
  }

  /** Not in the queue: whoever waits for it wants to know now. It stands among the deliveries afterwards. */
  async test({ id }: ParsedParams<'targets.test'>, { actor, signal }: CallContext): Promise<Result<'targets.test'>> {
    const fact = await this.#fact(id);
    const { history, tests, clock = systemClock } = this.#parts;
    const message = this.#testMessage(actor.name);
    // Before it leaves: it goes out of this machine.
    await history.command('audit.append', auditBy(actor, { action: 'targets.test', subject: id, outcome: 'asked', text: `Sends a test to the target "${fact.name}".`, details: { place: placeWords(fact.config) } }));
    const begun = performance.now();
    const { ok, text } = await tests.send(fact, message, signal);
    const ms = Math.round(performance.now() - begun);
    const audit = auditBy(actor, { action: 'targets.test', subject: id, outcome: ok ? 'done' : 'failed', text: `Sent a test to the target "${fact.name}": ${text}`, details: { place: placeWords(fact.config), ms } });
    await history.command('deliveries.tested', { target: fact.id, uid: message.delivery, message, ok, text, atUs: clock.now() * 1_000, audit });
    return { ok, text, ms };
  }

  async retry({ id }: ParsedParams<'targets.retry'>, { actor }: CallContext): Promise<Result<'targets.retry'>> {
    const fact = await this.#fact(id);
    const { history, clock = systemClock } = this.#parts;
    const audit = done(actor, { action: 'targets.retry', subject: id, text: `Tries anew what waits for the target "${fact.name}" and what was given up.`, details: {} });
    return history.command('deliveries.wake', { target: fact.id, failedToo: true, atUs: clock.now() * 1_000, audit });
  }

  #testMessage(by: string): AlertMessage {
    const { from, clock = systemClock } = this.#parts;
    return {
      gatehouse: 'alert', version: 1, delivery: randomUUID(), event: 'test',
      alert: { id: null, kind: 'test', severity: 'info', rule: 'Test', title: 'Test of this target', text: `${by} tests whether alerts arrive here. Nothing happened.`, agent: null, connection: null, raisedAt: new Date(clock.now()).toISOString(), times: 1 },
      from,
    };
  }

  #shown({ credential, ...row }: StoredTarget): AlertTarget {
    if (credential === null) return { ...row, credential };
    const { reference, ...shown } = credential;
    return { ...row, credential: { ...shown, lost: this.#parts.credentials.isLost(reference) } };
  }

  async #keep(credential: CredentialInput): Promise<KeptCredential> {
    const { weakVault } = await ask(this.#parts.history as HistoryPort, 'settings.get', {});
    return this.#parts.credentials.keep(credential, weakVault);
  }

  async #orForget<T>(kept: KeptCredential | null, change: () => Promise<T>): Promise<T> {
    try {
      return await change();
    } catch (error) {
      await this.#forget(kept?.reference ?? null);
      throw error;
    }
  }

  /** What the keyring keeps although asked is said in the log: it is of no use to anybody. */
  async #forget(reference: string | null): Promise<void> {
    await this.#parts.credentials.forget(reference).catch((error: unknown) => this.#parts.log.error('a credential could not be removed', error));
  }

  async #fact(id: string): Promise<TargetFact> {
    const row = rowOf('target', id);
    const fact = (await ask(this.#parts.history as HistoryPort, 'targetFacts', {})).find((one) => one.id === row);
    if (fact === undefined) throw new CallFailure('not_found', `There is no target with the identifier ${id} any more. Nothing was changed.`);
    return fact;
  }
}

function fields({ name, config, quiet, enabled }: TargetDraft): { name: string; config: TargetConfig; quiet: TargetDraft['quiet']; enabled: boolean } {
  if (config.kind !== 'email' || config.user !== '') return { name, config, quiet, enabled };
  // Nobody to log in as is no user.
  const { user: _none, ...rest } = config;
  return { name, config: rest, quiet, enabled };
}

function credentialWords(before: TargetFact | null, credential: CredentialInput | undefined): string {
  if (credential === undefined) return '';
  if (credential.from === 'none') return before?.credential === undefined || before.credential === null ? '' : ' Its credential was taken away.';
  return before?.credential === undefined || before.credential === null ? ' A credential was given.' : ' Its credential was replaced.';
}
