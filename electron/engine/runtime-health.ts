/** How a runtime that is asked stands, in one sentence: since when, and when it is asked again. Pure. */
import type { ConnectionHealth, RuntimeLink } from '../../shared/domain.ts';
import type { CollectorState } from './collect/collector.ts';
import type { FailureKind } from './collect/schedule.ts';
import { age } from './health.ts';
import { plural } from './plural.ts';

export interface RuntimeHealthFacts {
  readonly enabled: boolean;
  /** null: this engine does not ask it. */
  readonly state: CollectorState | null;
  readonly waitsForConsent: boolean;
  readonly builtIn: boolean;
  readonly kind: string;
  readonly findings: RuntimeLink['findings'];
  /** when the history last heard of a poll. */
  readonly storedPollMs: number | null;
}

interface Judgement { readonly health: ConnectionHealth; readonly healthText: string }

const healthOf: Readonly<Record<FailureKind, ConnectionHealth>> = {
  unreachable: 'unreachable', throttled: 'throttled', credential_missing: 'unauthorised', credential_refused: 'unauthorised', forbidden: 'unauthorised',
  runtime_error: 'degraded', garbage: 'degraded', gone: 'degraded', conflict: 'degraded', ours: 'degraded', history: 'degraded',
};

export function judgeRuntime(facts: RuntimeHealthFacts, nowMs: number): Judgement {
  if (!facts.enabled) return { health: 'off', healthText: 'Switched off: it is not asked. The history until then was kept.' };
  if (!facts.builtIn) return { health: 'off', healthText: `This version of Gatehouse cannot ask runtimes of the kind ${facts.kind}.` };
  if (facts.waitsForConsent) return { health: 'waiting', healthText: 'It runs a command on this machine, which waits for your consent. Nothing was started.' };
  const { state } = facts;
  if (state === null) return { health: 'quiet', healthText: `No engine runs that asks it${facts.storedPollMs === null ? '' : `; it was last read ${age(nowMs - facts.storedPollMs)} ago`}.` };
  if (state.fault !== null) return { health: healthOf[state.fault.kind], healthText: faultSentence(state, state.fault, nowMs) };
  if (state.lastPollMs === null) return { health: 'waiting', healthText: 'It is being asked for the first time.' };
  return wellSentence(facts.findings, state.stuck, nowMs - state.lastPollMs);
}

function faultSentence(state: CollectorState, fault: NonNullable<CollectorState['fault']>, nowMs: number): string {
  const again = Math.ceil((state.nextPollMs - nowMs) / 1_000);
  const when = state.circuit === 'half_open' || again <= 0 ? 'It is being asked again now.' : `It is asked again in ${age(again * 1_000)}.`;
  const credential = fault.kind === 'credential_refused' || fault.kind === 'credential_missing' ? ' At once when you give another credential.' : '';
  return `${fault.text} So for ${age(nowMs - fault.sinceMs)}. ${when}${credential}`;
}

/** Only what keeps the runtime from doing its work degrades it: an open door or a task that hangs is told, and told elsewhere too. */
function wellSentence(findings: RuntimeHealthFacts['findings'], stuck: number, sinceMs: number): Judgement {
  const serious = findings.filter(({ severity }) => severity !== 'info');
  const broken = serious.find(({ severity }) => severity === 'failed');
  const worst = broken ?? serious[0];
  const more = serious.length > 1 ? [`${plural(serious.length - 1, 'more finding')}.`] : [];
  const stands = stuck === 0 ? [] : [`${plural(stuck, 'task')} without progress.`];
  const told = [...(worst === undefined ? [] : [broken ? `It answers, but: ${worst.text}` : worst.text]), ...more, ...stands];
  return { health: broken ? 'degraded' : 'healthy', healthText: [`Last read ${age(sinceMs)} ago.`, ...told].join(' ') };
}
