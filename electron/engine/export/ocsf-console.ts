/** Acts in the console as API activity of its own, locking and unlocking as authentication, answers to agents with what they allowed. */
import type { Row } from './columns.ts';
import { classes } from './ocsf-classes.ts';
import { agentActor, agentColumns, aiAgent, connectionEndpoint, console as consoleEndpoint, personActor, someActor } from './ocsf-entities.ts';
import { compact, failure, named, numberOf, said, success, textOf } from './ocsf-event.ts';
import type { Json, OcsfContext, Told } from './ocsf-event.ts';

const outcomes: Readonly<Record<string, Told['status']>> = { done: success, failed: failure, refused: failure, asked: [99, 'Asked'] };
/** By the verb that an action ends with; any other is said by its name. */
const verbs: Readonly<Record<string, number>> = { add: 1, import: 1, view: 2, open: 2, change: 3, save: 3, set: 3, retarget: 3, credential: 3, token: 3, link: 3, remove: 4, unlink: 4, prune: 4 };

export function consoleEvent(row: Row, { version }: OcsfContext): Told {
  const action = named(row['action']);
  const outcome = textOf(row, 'outcome') ?? '';
  const actor = personActor(textOf(row, 'actor'), textOf(row, 'actorKind'), version);
  const shared = {
    time: textOf(row, 'at'), uid: `console:${named(row['seq'], row['id'])}`, severity: outcome === 'failed' || outcome === 'refused' ? 3 as const : 1 as const,
    status: outcomes[outcome] ?? null, actor, attestations: chainOf(row), ...(outcome === 'refused' ? { control: { action: 2 as const, disposition: 25 as const } } : {}),
    metadata: { log_name: 'audit', event_code: action, sequence: numberOf(row, 'seq'), original_event_uid: said(row['id']) },
  };
  const mapped = ['at', 'text', 'subject', 'seq', 'actor'];
  const message = textOf(row, 'text') ?? undefined;
  if (action === 'lock.unlock' || action === 'lock.lock') {
    return { ...shared, class: classes.authentication, activity: action === 'lock.unlock' ? 1 : 2, attributes: { message, user: userOf(row), service: { name: 'Gatehouse' } }, mapped: mapped.filter((name) => name !== 'subject') };
  }
  const activity = verbs[action.slice(action.lastIndexOf('.') + 1)] ?? 99;
  const subject = said(row['subject']);
  return {
    ...shared, class: classes.api, activity, ...(activity === 99 ? { other: action } : {}),
    attributes: {
      message, src_endpoint: consoleEndpoint, api: { operation: action, service: { name: 'Gatehouse' }, request: { uid: named(row['id'], row['seq']) } },
      resources: subject === undefined ? undefined : [{ uid: subject }],
    },
    mapped,
  };
}

const userOf = (row: Row): Json => ({ name: named(row['actor'], '(not told)') });

/** The entry's own hash in the log: of its line there, not of this event. */
function chainOf(row: Row): Json[] {
  const [hash, previous, seq] = [textOf(row, 'hash'), textOf(row, 'previous'), numberOf(row, 'seq')];
  if (hash === null || seq === null) return [];
  const fingerprint = (value: string): Json => ({ algorithm_id: 3, algorithm: 'SHA-256', value, encoding_id: 1, encoding: 'Hex', serialization_id: 99, serialization: 'Gatehouse audit line' });
  return [compact({ uid: `console:${seq}`, chain_uid: 'gatehouse.audit', authority_uid: 'Gatehouse', fingerprint: fingerprint(hash), prev_event: previous === null || seq === 1 ? undefined : { uid: `console:${seq - 1}`, fingerprint: fingerprint(previous) } })];
}

const answers: Readonly<Record<string, NonNullable<Told['control']>>> = {
  approved: { action: 1, disposition: 8 }, rejected: { action: 2, disposition: 25 }, waiting: { action: 3, disposition: 14 }, expired: { action: 2, disposition: 2 },
  withdrawn: { action: 99, disposition: 16, otherAction: 'Withdrawn' }, responded: { action: 99, disposition: 99, otherAction: 'Responded', otherDisposition: 'Responded' },
  answered_elsewhere: { action: 0, disposition: 0 },
};

export function approvalEvent(row: Row, { version }: OcsfContext): Told {
  const state = named(row['state']);
  return {
    class: classes.api, activity: 99, other: 'Approval', time: textOf(row, 'askedAt') ?? textOf(row, 'seenAt'), uid: `approval:${named(row['id'])}`, severity: 1,
    status: state === 'waiting' ? [99, 'Waiting'] : state === 'answered_elsewhere' ? [0, 'Unknown'] : success, control: answers[state] ?? { action: 0, disposition: 0 },
    actor: agentActor(row, version) ?? someActor(version), ai: version === '1.8.0' ? {} : { ai_agent: aiAgent(row) },
    metadata: { log_name: 'approvals', event_code: said(row['kind']), correlation_uid: said(row['taskId']), original_event_uid: said(row['id']) },
    attributes: {
      message: textOf(row, 'title') ?? undefined, status_detail: textOf(row, 'reason') ?? undefined, src_endpoint: connectionEndpoint(row),
      api: compact({ operation: `approval.${named(row['kind'])}`, service: { name: named(row['connectionName'], row['connectionId']) }, request: compact({ uid: named(row['id']), data: requestOf(row) }) }),
    },
    mapped: ['askedAt', 'title', 'reason', 'question', 'actions', ...agentColumns, 'connectionId', 'connectionName', 'onBehalfOf'].filter((name) => name !== 'askedAt' || row['askedAt'] !== null),
  };
}

/** Both stay texts: the parameters of a call must not be read and written anew by us. */
function requestOf(row: Row): Json | undefined {
  const data = compact({ question: textOf(row, 'question'), actions: textOf(row, 'actions') });
  return Object.keys(data).length === 0 ? undefined : data;
}
