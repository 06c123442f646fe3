/** Agents, people and connections in OCSF's words. Before 1.9.0 there is no agent: it is an application there. */
import type { Row } from './columns.ts';
import type { OcsfVersion } from './ocsf-classes.ts';
import { compact, named, said, textOf } from './ocsf-event.ts';
import type { Attributes, Json } from './ocsf-event.ts';

/** `ai_agent` of 1.9.0. LangGraph is no LangChain, and of other agents the framework is not known. */
export function aiAgent(row: Row): Json | undefined {
  if (textOf(row, 'agentId') === null && textOf(row, 'agentName') === null) return undefined;
  const framework = textOf(row, 'connectionKind') === 'langgraph' ? { type_id: 99, type: 'LangGraph' } : { type_id: 0, type: 'Unknown' };
  return compact({ uid: said(row['agentId']), name: said(row['agentName']), version: said(row['agentVersion']), ...framework });
}

/** The agent as actor, with the person whose authority its task names. */
export function agentActor(row: Row, version: OcsfVersion, behalf = textOf(row, 'onBehalfOf')): Attributes | undefined {
  const user = behalf === null ? {} : { user: { name: behalf } };
  const [uid, name] = [said(row['agentId']), said(row['agentName'])];
  if (uid === undefined && name === undefined) return behalf === null ? undefined : user;
  return version === '1.8.0' ? { app_uid: uid, app_name: name, ...user } : { application: compact({ uid, name, version: said(row['agentVersion']) }), ...user };
}

/** An actor is asked for, and of this row none is known. */
export const someActor = (version: OcsfVersion): Attributes => (version === '1.8.0' ? { app_name: '(not known)' } : { application: { name: '(not known)' } });

export function personActor(name: string | null, kind: string | null, version: OcsfVersion): Attributes {
  if (name === null) {
    // A name that was left out or erased does not make it an act of the console's own.
    const app = kind === 'engine' ? 'Gatehouse' : '(not told)';
    return version === '1.8.0' ? { app_name: app } : { application: { name: app } };
  }
  return { user: { name, ...(kind === 'engine' ? { type_id: 3, type: 'System' } : { type_id: 1, type: 'User' }) } };
}

/** An agent as the holder of privileges. */
export const agentUser = (row: Row): Json => ({ uid: named(row['agentId'], row['agentName']), name: named(row['agentName'], row['agentId']), type_id: 4, type: 'Service' });
export const agentEntity = (row: Row): Json => ({ uid: named(row['agentId'], row['agentName']), name: named(row['agentName'], row['agentId']), type_id: 99, type: 'AI agent' });
export const agentResource = (row: Row): Json | undefined => (textOf(row, 'agentId') === null ? undefined : [compact({ uid: said(row['agentId']), name: said(row['agentName']), type: 'AI agent' })]);

/** Where it came in. */
export const connectionEndpoint = (row: Row): Json => compact({ name: named(row['connectionName'], row['connectionId'], 'Gatehouse'), uid: said(row['connectionId']), svc_name: said(row['agentService']) });
export const console = { name: 'Gatehouse', svc_name: 'Gatehouse' } as const;
export const agentColumns = ['agentId', 'agentName'] as const;
