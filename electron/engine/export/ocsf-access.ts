/** What agents may do: privileges that were given, changed and gone, findings about them, owners and approved baselines. */
import type { Row } from './columns.ts';
import { classes } from './ocsf-classes.ts';
import { agentColumns, agentEntity, agentResource, agentUser, aiAgent, personActor } from './ocsf-entities.ts';
import { compact, named, said, textOf, uidByContent } from './ocsf-event.ts';
import type { Attributes, Json, OcsfContext, Told } from './ocsf-event.ts';
import type { OcsfVersion, Severity } from './ocsf-classes.ts';
import { revoked } from './ocsf-stops.ts';

export function accessEvent(row: Row, { version }: OcsfContext): Told {
  const kind = textOf(row, 'row');
  const shared = {
    time: textOf(row, 'at'), uid: textOf(row, 'id') === null ? uidByContent(`access.${named(kind)}:${named(row['agentId'])}`, row) : `access.${named(kind)}:${named(row['id'])}`, severity: 1 as Severity,
    metadata: { log_name: 'access', event_code: said(kind), correlation_uid: said(row['grantId']) ?? said(row['id']), original_event_uid: said(row['id']) },
    ai: version === '1.8.0' ? {} : { ai_agent: aiAgent(row) },
  };
  switch (kind) {
    case 'grant': return { ...shared, ...privilege(row, row['goneAt'] === null ? 'granted' : 'removed', version) };
    case 'change': return { ...shared, ...privilege(row, named(row['what']), version), ...by(row, version) };
    case 'finding': return { ...shared, ...finding(row) };
    case 'owner': return { ...shared, class: classes.entity, activity: 3, ...by(row, version), attributes: { entity: entityOf(row), comment: textOf(row, 'note') ?? undefined }, mapped: ['at', ...agentColumns, 'note', ...acted(row)] };
    default: return { ...shared, class: classes.entity, activity: 99, other: kind === 'baseline' ? 'Approve baseline' : named(kind), ...by(row, version), attributes: { entity: agentEntity(row), comment: textOf(row, 'note') ?? undefined }, mapped: ['at', ...agentColumns, 'note', ...acted(row)] };
  }
}

const acted = (row: Row): string[] => (row['by'] === null ? [] : ['by']);
const by = (row: Row, version: OcsfVersion): Pick<Told, 'actor'> => (textOf(row, 'by') === null ? {} : { actor: personActor(textOf(row, 'by'), null, version) });

function entityOf(row: Row): Json {
  const owner = textOf(row, 'owner');
  return { ...(agentEntity(row) as object), ...(owner === null ? {} : { user: { name: owner } }) };
}

/** `granted`: as it stands; `added`, `back`, `removed`, `changed`: what happened. */
function privilege(row: Row, what: string, version: OcsfVersion): Pick<Told, 'class' | 'activity' | 'other' | 'attributes' | 'mapped'> {
  const attributes: Attributes = { user: agentUser(row), privileges: [named(row['name'], row['grantId'], row['id'])], message: textOf(row, 'text') ?? textOf(row, 'description') ?? undefined };
  const mapped = ['at', ...agentColumns, 'name', textOf(row, 'text') === null ? 'description' : 'text', ...(textOf(row, 'row') === 'change' ? acted(row) : [])];
  if (what === 'granted') return { class: classes.authorize, activity: 1, attributes, mapped };
  if (what === 'removed') return { ...revoked(version), attributes, mapped };
  if (what === 'added' || what === 'back') return { ...(version === '1.8.0' ? { class: classes.userAccess, activity: 1 } : { class: classes.users, activity: 14 }), attributes, mapped };
  return { ...(version === '1.8.0' ? { class: classes.userAccess, activity: 99, other: what } : { class: classes.users, activity: 2 }), attributes, mapped };
}

const severities: Readonly<Record<string, Severity>> = { info: 1, attention: 3, serious: 4 };

function finding(row: Row): Pick<Told, 'class' | 'activity' | 'severity' | 'status' | 'attributes' | 'mapped'> {
  const dismissed = row['dismissedAt'] !== null;
  const advice = textOf(row, 'advice');
  return {
    class: classes.accessFinding, activity: dismissed ? 3 : 1, severity: severities[textOf(row, 'severity') ?? ''] ?? 1, status: dismissed ? [3, 'Suppressed'] : [1, 'New'],
    attributes: {
      message: textOf(row, 'text') ?? undefined, resources: agentResource(row), remediation: advice === null ? undefined : { desc: advice },
      finding_info: compact({ uid: named(row['id']), title: named(row['rule'], row['text']), desc: textOf(row, 'text'), analytic: compact({ name: named(row['rule']), type_id: 1, type: 'Rule' }) }),
    },
    mapped: ['at', 'text', ...agentColumns, 'advice', 'rule'],
  };
}
