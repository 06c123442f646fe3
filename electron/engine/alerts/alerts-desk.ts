/** What people do about alerts, their rules and targets: each deed is checked, goes to the history together with its line in the audit log, and answers with what is so now. */
import type { ParsedParams, Result } from '../../../shared/contract.ts';
import { CallFailure } from '../call-failure.ts';
import { ask } from '../history-port.ts';
import type { HistoryPort } from '../history-port.ts';
import { plural } from '../plural.ts';
import type { Actor, CallContext } from '../ports.ts';
import { publicId } from '../store/ids.ts';
import { done, rowOf } from './desk-parts.ts';
import type { AlertsDeskParts } from './desk-parts.ts';
import { ruleProblem, ruleWords, shownRule } from './rule-checks.ts';
import { TargetsDesk } from './targets-desk.ts';

type AlertMethod = 'alerts.acknowledge' | 'alerts.resolve' | 'alerts.reopen' | 'alerts.saveRule' | 'alerts.removeRule' | 'targets.list' | 'targets.save' | 'targets.remove' | 'targets.test' | 'targets.retry';
export type AlertsDesk = { readonly [M in AlertMethod]: (params: ParsedParams<M>, context: CallContext) => Promise<Result<M>> };

export function alertsDesk(parts: AlertsDeskParts): AlertsDesk {
  const targets = new TargetsDesk(parts);
  return {
    'alerts.acknowledge': ({ ids, note }, { actor }) => say(parts, 'acknowledge', ids, note, actor),
    'alerts.resolve': ({ ids, note }, { actor }) => say(parts, 'resolve', ids, note, actor),
    'alerts.reopen': ({ ids }, { actor }) => say(parts, 'reopen', ids, '', actor),
    'alerts.saveRule': (params, context) => saveRule(parts, params, context),
    'alerts.removeRule': async ({ id }, { actor }) => {
      const row = rowOf('alertRule', id);
      const was = (await rules(parts)).find((one) => one.id === id);
      const text = `Removed the rule for alerts "${was?.name ?? id}": what it had raised counts as resolved.`;
      await parts.history.command('alertRules.remove', { id: row, audit: done(actor, { action: 'alertRules.remove', subject: id, text, details: { before: was === undefined ? null : shownRule(was) } }) });
      return {};
    },
    'targets.list': () => targets.list(),
    'targets.save': (params, context) => targets.save(params, context),
    'targets.remove': (params, context) => targets.remove(params, context),
    'targets.test': (params, context) => targets.test(params, context),
    'targets.retry': (params, context) => targets.retry(params, context),
  };
}

const deeds = { acknowledge: 'Acknowledged', resolve: 'Resolved', reopen: 'Opened again' } as const;

async function say({ history }: AlertsDeskParts, deed: keyof typeof deeds, ids: readonly string[], note: string, actor: Actor): Promise<{ changed: number }> {
  const rows = ids.map((id) => rowOf('alert', id));
  const [only] = ids;
  const text = `${deeds[deed]} ${ids.length === 1 ? 'an alert' : plural(ids.length, 'alert')}.${note === '' ? '' : ` ${note}`}`;
  const audit = done(actor, { action: `alerts.${deed}`, subject: ids.length === 1 && only !== undefined ? only : null, text, details: { ids, note } });
  return history.command('alerts.say', { ids: rows, what: deed, by: actor.name, note, audit });
}

const rules = async ({ history }: AlertsDeskParts): Promise<Result<'alerts.rules'>['rows']> => (await history.query('alerts.rules', {}) as Result<'alerts.rules'>).rows;

async function saveRule(parts: AlertsDeskParts, { id, draft }: ParsedParams<'alerts.saveRule'>, { actor }: CallContext): Promise<Result<'alerts.saveRule'>> {
  const problem = ruleProblem(draft);
  if (problem !== null) throw new CallFailure('bad_request', `${problem} Nothing was changed.`);
  const row = id === undefined ? null : rowOf('alertRule', id);
  const before = (await rules(parts)).find((one) => one.id === id);
  const targets = await rowsOfTargets(parts, draft.targetIds);
  const escalation = await Promise.all(draft.escalation.map(async ({ afterMin, targetIds }) => ({ afterMin, targets: await rowsOfTargets(parts, targetIds) })));
  const text = `${before === undefined ? 'Set' : 'Changed'} the rule for alerts "${draft.name}": ${ruleWords(draft)}.`;
  const audit = done(actor, { action: 'alertRules.save', subject: id ?? null, text, details: { before: before === undefined ? null : shownRule(before), after: shownRule(draft) } });
  const saved = await parts.history.command('alertRules.save', { id: row, draft, targets, escalation, changedBy: actor.name, audit });
  const kept = (await rules(parts)).find((one) => one.id === publicId('alertRule', saved.id));
  if (kept === undefined) throw new CallFailure('unavailable', 'The rule was kept and cannot be read back now.');
  return kept;
}

async function rowsOfTargets({ history }: AlertsDeskParts, ids: readonly string[]): Promise<number[]> {
  const rows = [...new Set(ids)].map((id) => rowOf('target', id));
  const known = new Set((await ask(history as HistoryPort, 'targetFacts', {})).map((one) => one.id));
  const gone = rows.find((row) => !known.has(row));
  if (gone !== undefined) throw new CallFailure('not_found', `There is no target with the identifier ${publicId('target', gone)} any more. Nothing was changed.`);
  return rows;
}
