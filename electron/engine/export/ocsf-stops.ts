/** Stop orders, what was sent for them, what was seen, and rules that fired. OCSF has no word yet for why an agent was stopped: it stands in `unmapped.gatehouse.reasonKind` and in words in `status_detail`. */
import type { Row } from './columns.ts';
import { classes } from './ocsf-classes.ts';
import { agentActor, agentColumns, agentResource, connectionEndpoint, personActor, someActor } from './ocsf-entities.ts';
import { compact, failure, named, numberOf, said, success, textOf, uidByContent } from './ocsf-event.ts';
import type { Attributes, Json, OcsfContext, Told } from './ocsf-event.ts';

export function stopEvent(row: Row, context: OcsfContext): Told {
  switch (textOf(row, 'row')) {
    case 'order': return order(row, context);
    case 'drill': return drill(row, context);
    case 'lever': return lever(row, context);
    case 'firing': return firing(row, context);
    default: return happened(row, context);
  }
}

const states: Readonly<Record<string, Told['status']>> = { verified: success, still_acting: failure, unverified: [99, 'Unverified'], stopping: [99, 'Stopping'], waiting_second: [99, 'Waiting for a second person'], withdrawn: [99, 'Withdrawn'] };
const common = (row: Row) => ({ time: textOf(row, 'at'), uid: uidOf(row), metadata: { log_name: 'stops', event_code: said(row['row']), correlation_uid: said(row['stopId']) ?? said(row['id']), original_event_uid: said(row['id']) } });
/** The id of levers and events is that of their order. */
function uidOf(row: Row): string {
  const base = `stop.${named(row['row'])}:${named(row['id'])}`;
  return row['row'] === 'lever' || row['row'] === 'event' ? uidByContent(base, row) : base;
}

const scope = (row: Row): Json => ({ name: named(row['scopeName'], row['scopeKind']), type_id: 99, type: `AI agents: ${named(row['scopeKind'])}` });

function order(row: Row, context: OcsfContext): Told {
  const { version } = context;
  const by = personActor(textOf(row, 'orderedBy'), null, version);
  const shared = { ...common(row), severity: 4 as const, status: states[textOf(row, 'state') ?? ''] ?? null, actor: by };
  const words: Attributes = { message: textOf(row, 'headline') ?? undefined, status_detail: textOf(row, 'reason') ?? textOf(row, 'reasonKind') ?? undefined };
  const mapped = ['at', 'headline', 'orderedBy', 'scopeName', 'reason'].filter((name) => name !== 'orderedBy' || row['orderedBy'] !== null);
  switch (textOf(row, 'level')) {
    case 'suspend': return { ...shared, class: classes.entity, activity: 12, attributes: { ...words, entity: scope(row), comment: textOf(row, 'reason') ?? undefined }, mapped };
    case 'revoke': return { ...shared, ...revoked(version), attributes: { ...words, user: { name: named(row['scopeName'], row['scopeKind']), type_id: 4, type: 'Service' }, privileges: ['all within the scope of the stop order'] }, mapped };
    default: return { ...shared, class: classes.lifecycle, activity: 4, attributes: { ...words, ...stopped(row, context) }, mapped };
  }
}

/** Revoking: 3005 is deprecated since 1.9.0. */
export const revoked = (version: OcsfContext['version']): Pick<Told, 'class' | 'activity'> => (version === '1.8.0' ? { class: classes.userAccess, activity: 2 } : { class: classes.users, activity: 15 });
const stopped = (row: Row, { version }: OcsfContext): Attributes => ({ [version === '1.8.0' ? 'app' : 'application']: { name: named(row['scopeName'], row['scopeKind']) } });

/** Nothing is stopped by it: whoever looks for stops must not find it among them. */
function drill(row: Row, context: OcsfContext): Told {
  return {
    ...common(row), class: classes.lifecycle, activity: 99, other: 'Drill', status: states[textOf(row, 'state') ?? ''] ?? null, actor: personActor(textOf(row, 'orderedBy'), null, context.version),
    attributes: { message: textOf(row, 'headline') ?? undefined, status_detail: textOf(row, 'reason') ?? undefined, ...stopped(row, context) }, mapped: ['at', 'headline', 'scopeName', 'reason', ...(row['orderedBy'] === null ? [] : ['orderedBy'])],
  };
}

const leverStates: Readonly<Record<string, Told['status']>> = { reported: success, failed: failure, unknown: [0, 'Unknown'], waiting: [99, 'Waiting'], sending: [99, 'Sending'], skipped: [99, 'Skipped'] };

function lever(row: Row, { version }: OcsfContext): Told {
  const state = textOf(row, 'leverState') ?? '';
  return {
    ...common(row), class: classes.api, activity: 99, other: 'Stop command', severity: 4, status: state === 'reported' && row['reported'] === 'refused' ? failure : leverStates[state] ?? null, actor: personActor(null, 'engine', version),
    attributes: {
      message: textOf(row, 'leverTitle') ?? undefined, status_detail: textOf(row, 'confirmedText') ?? undefined, src_endpoint: connectionEndpoint(row),
      api: compact({ operation: named(row['lever'], row['leverStep']), service: { name: named(row['connectionName'], row['connectionId']) }, request: { uid: named(row['id']) }, response: compact({ message: textOf(row, 'reportedText') }) }),
      resources: textOf(row, 'leverTarget') === null ? undefined : [{ name: named(row['leverTarget']) }],
    },
    mapped: ['at', 'leverTitle', 'connectionId', 'connectionName', 'reportedText', 'leverTarget', 'confirmedText'],
  };
}

function firing(row: Row, { version }: OcsfContext): Told {
  const fired = row['fired'] === true;
  return {
    ...common(row), class: classes.detection, activity: 1, severity: fired ? 4 : 2, status: [1, 'New'], control: fired ? { action: 2, disposition: 2 } : { action: 3, disposition: 17 }, ...actorOf(row, version),
    attributes: {
      message: textOf(row, 'text') ?? undefined, is_alert: fired, resources: agentResource(row),
      finding_info: compact({ uid: named(row['id']), title: named(row['ruleName'], row['ruleId']), analytic: compact({ uid: said(row['ruleId']), name: named(row['ruleName'], row['ruleId']), type_id: 1, type: 'Rule' }) }),
    },
    mapped: ['at', 'text', ...agentColumns, 'ruleName'],
  };
}

function actorOf(row: Row, version: OcsfContext['version']): Pick<Told, 'actor'> {
  const actor = agentActor(row, version, null);
  return actor === undefined ? {} : { actor };
}

function happened(row: Row, context: OcsfContext): Told {
  const by = textOf(row, 'by');
  return {
    ...common(row), class: classes.lifecycle, activity: 99, other: named(row['eventKind'], 'Event'), severity: 1,
    actor: by === null ? someActor(context.version) : personActor(by, null, context.version),
    attributes: { message: textOf(row, 'text') ?? undefined, ...stopped(row, context), count: numberOf(row, 'landed') ?? undefined }, mapped: ['at', 'text', 'eventKind', 'scopeName', ...(by === null ? [] : ['by'])],
  };
}
