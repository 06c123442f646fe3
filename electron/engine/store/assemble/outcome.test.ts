import { describe, expect, it } from 'vitest';
import { BASIS, KEY_KIND, OUTCOME, STATUS } from '../codes.ts';
import { outcomeOf, quietUs, type LastCallFacts, type OutcomeFacts } from './outcome.ts';

const now = 1_000_000_000_000;
const quiet = now - quietUs;
const task = (more: Partial<OutcomeFacts> = {}): OutcomeFacts => ({ keyKind: KEY_KIND.session, statedUs: 0, statedOutcome: OUTCOME.completed, statedBasis: BASIS.root_ended, lastUs: quiet, open: 0, ...more });
const last = (more: Partial<LastCallFacts> = {}): LastCallFacts => ({ lastModelStatus: 0, interrupted: false, succeeded: false, ...more });

describe('outcomeOf', () => {
  it.each([
    ['a statement holds', task({ statedUs: quiet }), last(), OUTCOME.completed, BASIS.root_ended],
    ['of a session that went on, it no longer does', task({ statedUs: quiet - 5_000_000 }), last({ lastModelStatus: STATUS.ok }), OUTCOME.completed, BASIS.quiet_after_success],
    ['of a trace, it always does', task({ keyKind: KEY_KIND.trace, statedUs: 1 }), last(), OUTCOME.completed, BASIS.root_ended],
    ['an end with a call cut off is not known', task({ statedUs: quiet }), last({ interrupted: true }), OUTCOME.unknown, BASIS.quiet_with_open_work],
    ['what the agent itself reported stands', task({ statedUs: quiet, statedBasis: BASIS.reported }), last({ interrupted: true }), OUTCOME.completed, BASIS.reported],
    ['open work runs', task({ open: 1 }), last(), OUTCOME.running, BASIS.open_work],
    ['recent activity runs', task({ lastUs: quiet + 1 }), last(), OUTCOME.running, BASIS.recent_activity],
    ['quiet after a failed call failed', task(), last({ lastModelStatus: STATUS.error }), OUTCOME.failed, BASIS.quiet_after_failure],
    ['quiet with work cut off is not known', task(), last({ interrupted: true, succeeded: true }), OUTCOME.unknown, BASIS.quiet_with_open_work],
    ['tools alone that worked are a success', task(), last({ succeeded: true }), OUTCOME.completed, BASIS.quiet_after_success],
    ['nothing known stays unknown', task(), last(), OUTCOME.unknown, BASIS.nothing_known],
  ] as const)('%s', (_what, facts, calls, outcome, basis) => {
    expect(outcomeOf(facts, calls, now)).toEqual({ outcome, basis });
  });
});
