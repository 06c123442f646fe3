/** Puts the parts of the audit log together: the sealer of an engine that lasts, the check, and what people ask of both. */
import type { AuditCheck, AuditDamage } from '../../../shared/audit.ts';
import { auditBy } from '../audit-words.ts';
import { CallFailure } from '../call-failure.ts';
import type { Vault } from '../collect/vault.ts';
import { ask } from '../history-port.ts';
import type { HistoryPort } from '../history-port.ts';
import { plural } from '../plural.ts';
import { systemClock } from '../ports.ts';
import type { Clock, Log } from '../ports.ts';
import type { Handlers } from '../rpc.ts';
import { AuditChecker } from './audit-checker.ts';
import { heldSealKey, keyAtHand } from './seal-key.ts';
import { fingerprintOf, signNote } from './signed-note.ts';
import { FilePlace, VaultPlace } from './secret-place.ts';
import { Sealer } from './sealer.ts';
import type { SealReason, WrittenSeal } from './sealer.ts';
import { SealMemory } from './seal-memory.ts';

export type AuditDesk = Pick<Handlers, 'audit.status' | 'audit.check' | 'audit.prune' | 'audit.renewKey'>;

export interface AuditParts {
  readonly history: HistoryPort;
  readonly vault: Vault | null;
  readonly dataFolder: string;
  /** this engine goes on: it seals, and checks when it starts. */
  readonly lasting: boolean;
  readonly alarms: { raise(id: string, severity: 'attention' | 'failed', text: string): void; clear(id: string): void };
  readonly log: Log;
  readonly changed: () => void;
  readonly clock?: Clock;
}

export interface OpenedAudit {
  readonly desk: AuditDesk;
  /** null: this engine does not seal. */
  sealNow(reason: SealReason): Promise<WrittenSeal | null>;
  /** A signed note of the text by the log's key, also by an engine that does not seal. Rejects when the key is out of reach, and says why. */
  sign(text: string): Promise<string>;
  start(): void;
  close(): Promise<void>;
}

const removedAtOnce = 2_000;

export function openAudit(parts: AuditParts): OpenedAudit {
  const { history, vault, dataFolder, lasting, alarms, log, changed, clock = systemClock } = parts;
  const file = new FilePlace(dataFolder);
  const places = vault === null ? [file] : [new VaultPlace(vault), file];
  const memory = new SealMemory(places, async (seal) => (await ask(history, 'sealStands', seal)).stands);
  const sealer = lasting ? new Sealer({ history, places, memory, alarms, log, clock }) : null;
  /** Null: none is within reach, so the check cannot compare with it. */
  const heldKey = async (): Promise<{ readonly name: string; readonly publicKey: string } | null> => {
    const key = sealer?.key ?? await keyAtHand(places, (await ask(history, 'auditStand', {})).keys).catch(() => null);
    return key === null ? null : { name: key.name, publicKey: key.publicKey.toString('hex') };
  };
  const checker = new AuditChecker({
    file: history.file, clock, changed,
    order: async () => ({
      held: await heldKey(),
      remembered: await memory.all().catch((error: unknown) => {
        log.error('what is remembered of the newest seal could not be read', error);
        return [];
      }),
    }),
  });
  const check = async (activity: boolean): Promise<AuditCheck> => {
    const { check: done } = await checker.check(activity);
    tellDamage(alarms, done);
    return done;
  };
  const desk: AuditDesk = {
    'audit.status': async () => ({ ...(await ask(history, 'auditFacts', {})), check: checker.newest, nextSealAt: sealer?.nextSealAt ?? null, remembered: await memory.any().catch(() => false) }),
    'audit.check': async (_params, { actor }) => {
      const done = await check(true);
      const found = done.state === 'whole' ? 'It is whole.' : `It is damaged: ${done.damage[0]?.text ?? ''}`;
      await history.command('audit.append', auditBy(actor, { action: 'audit.check', subject: null, outcome: 'done', text: `Checked the audit log: ${plural(done.entries, 'entry', 'entries')} and ${plural(done.seals, 'seal')}, and ${plural(done.activity?.records ?? 0, 'record')} of activity against their digests. ${found}`, details: { entries: done.entries, seals: done.seals, activity: done.activity ?? null, state: done.state, damage: done.damage.slice(0, 10) } }));
      return done;
    },
    'audit.prune': async ({ before, reason }, { actor }) => {
      const { refusal, at } = await ask(history, 'pruneAt', { beforeUs: Date.parse(before) * 1_000 });
      if (refusal !== null) {
        await history.command('audit.append', auditBy(actor, { action: 'audit.prune', subject: null, outcome: 'refused', text: refusal, details: { before, reason } }));
        throw new CallFailure('conflict', refusal);
      }
      if (at === null) return { entries: 0, upTo: null };
      const { check: done, head } = await checker.checkWithHead(at.size);
      tellDamage(alarms, done);
      if (done.state !== 'whole' || head === null) throw new CallFailure('conflict', `The audit log is damaged, and what is removed could not be told from what is missing: ${done.damage[0]?.text ?? ''} Nothing was removed.`);
      const { entries } = await history.command('audit.prune', { head, seal: at.seal, reason, audit: auditBy(actor, { action: 'audit.prune', subject: null, outcome: 'done', text: `Removed entries up to ${at.size} from the audit log, behind a seal. Reason: ${reason}`, details: { before } }) });
      await removePruned(history, checker);
      changed();
      return { entries, upTo: at.size };
    },
    'audit.renewKey': async ({ reason }, { actor }) => {
      if (sealer === null) throw new CallFailure('conflict', 'This engine ends with the command and seals nothing. Start Gatehouse first.');
      await history.command('audit.append', auditBy(actor, { action: 'audit.renew_key', subject: null, outcome: 'asked', text: `Wants another key to seal the audit log. Reason: ${reason}`, details: { reason } }));
      const key = await sealer.renew().catch((error: unknown) => { throw new CallFailure('conflict', error instanceof Error ? error.message : 'The key could not be renewed.'); });
      const fingerprint = fingerprintOf(key.publicKey);
      const { rows } = await ask(history, 'audit.keys', {});
      const shown = rows.find((one) => one.fingerprint === fingerprint);
      if (shown === undefined) throw new CallFailure('unavailable', 'The key was made but could not be read back.');
      return shown;
    },
  };
  return {
    desk,
    sealNow: (reason) => sealer === null ? Promise.resolve(null) : sealer.sealNow(reason),
    sign: async (text) => {
      if (sealer !== null) return sealer.sign(text);
      const key = await heldSealKey(places, (await ask(history, 'auditStand', {})).keys);
      return signNote(text, key.name, key.privateKey);
    },
    start: () => {
      if (sealer === null) return;
      sealer.start();
      // The first turn of the sealer finds the key, which the check compares with.
      void sealer.tick().then(() => removePruned(history, checker)).then(() => check(false)).catch((error: unknown) => log.error('the audit log could not be checked', error));
    },
    close: async () => {
      await checker.close();
      await sealer?.close();
    },
  };
}

/** Also what an engine that was killed in the middle left. Never while the log is read through. */
async function removePruned(history: HistoryPort, checker: AuditChecker): Promise<void> {
  await checker.idle();
  for (;;) {
    const { removed } = await history.command('audit.pruneSome', { most: removedAtOnce });
    if (removed < removedAtOnce) return;
  }
}

/** Two alarms: the log is read at every start, the activity only when somebody asks. */
function tellDamage(alarms: AuditParts['alarms'], { damage, more, activity }: AuditCheck): void {
  const ofLog = damage.filter((one) => one.where !== 'digest' && one.where !== 'activity');
  tell(alarms, 'audit-damage', 'The audit log is not as it was written.', ofLog, more);
  if (activity !== null && activity !== undefined) tell(alarms, 'activity-damage', 'The history of activity is not as its sealed digests say.', damage.filter((one) => !ofLog.includes(one)), more);
}

function tell(alarms: AuditParts['alarms'], id: string, what: string, [first, ...others]: readonly AuditDamage[], more: boolean): void {
  if (first === undefined) alarms.clear(id);
  else alarms.raise(id, 'failed', `${what} ${first.text}${others.length === 0 ? '' : ` ${more ? 'More than ' : ''}${plural(others.length, 'other finding')} with it.`} Nothing was repaired. Keep a copy of the data folder and look at the audit log's check.`);
}
