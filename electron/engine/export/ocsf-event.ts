/**
 * One OCSF event out of one row. What OCSF has a word for is said in its words; every other cell stands in `unmapped.gatehouse` by its column name, so
 * that an event holds all that its row holds.
 */
import { createHash } from 'node:crypto';
import type { Cell, Row } from './columns.ts';
import { actions, dispositions, severities } from './ocsf-classes.ts';
import type { OcsfClass, OcsfProfile, OcsfVersion, Severity } from './ocsf-classes.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type Attributes = Readonly<Record<string, Json | undefined>>;

export interface OcsfContext {
  readonly version: OcsfVersion;
  /** of Gatehouse. */
  readonly product: string;
}

/** What a mapping says of a row; the rest is the same for all. */
export interface Told {
  readonly class: OcsfClass;
  readonly activity: number;
  /** of activity 99. */
  readonly other?: string;
  readonly severity?: Severity;
  readonly time: string | null;
  readonly uid: string;
  readonly status?: readonly [id: number, name: string] | null;
  readonly control?: { readonly action: keyof typeof actions; readonly disposition: keyof typeof dispositions; readonly otherAction?: string; readonly otherDisposition?: string };
  readonly actor?: Attributes;
  readonly attributes: Attributes;
  readonly metadata?: Attributes;
  readonly ai?: Attributes;
  /** of 1.9.0. */
  readonly attestations?: readonly Json[];
  /** columns that were said in OCSF's words, whole. */
  readonly mapped: readonly string[];
}

export const success = [1, 'Success'] as const;
export const failure = [2, 'Failure'] as const;
export const unknown = [0, 'Unknown'] as const;

export function eventOf(told: Told, row: Row, { version, product }: OcsfContext): Attributes {
  const { class: of, activity, severity = 1, time, uid, status } = told;
  const takes = of.profiles[version];
  const profiles = profilesOf(told, takes);
  const activityName = told.other ?? of.activities[activity] ?? 'Other';
  return compact({
    activity_id: activity, activity_name: activityName, category_uid: of.category, category_name: of.categoryName, class_uid: of.uid, class_name: of.name,
    type_uid: of.uid * 100 + activity, type_name: `${of.name}: ${of.activities[activity] ?? 'Other'}`, severity_id: severity, severity: severities[severity],
    time: milliseconds(time) ?? 0,
    status_id: status?.[0], status: status?.[1],
    metadata: compact({ version, product: { name: 'Gatehouse', vendor_name: 'Gatehouse', version: product }, profiles, uid, original_time: time ?? undefined, ...told.metadata }),
    ...(profiles.includes('security_control') ? controlOf(told.control) : {}),
    ...(told.actor !== undefined && (of.actorByHost !== true || profiles.includes('host')) ? { actor: compact(told.actor) } : {}),
    ...(profiles.includes('ai_operation') ? told.ai : {}),
    ...(profiles.includes('record_integrity') ? { attestation_list: told.attestations } : {}),
    ...told.attributes,
    unmapped: { gatehouse: rest(row, told, time) },
  });
}

/** Of those that the class takes, those that this event uses. */
function profilesOf(told: Told, takes: readonly OcsfProfile[]): OcsfProfile[] {
  const uses: Readonly<Record<OcsfProfile, boolean>> = {
    ai_operation: told.ai !== undefined && Object.values(told.ai).some((value) => value !== undefined),
    host: told.actor !== undefined && told.class.actorByHost === true,
    record_integrity: (told.attestations?.length ?? 0) > 0,
    security_control: told.control !== undefined,
  };
  return takes.filter((profile) => uses[profile]);
}

function controlOf(control: Told['control']): Attributes {
  if (control === undefined) return {};
  const { action, disposition, otherAction, otherDisposition } = control;
  return { action_id: action, action: otherAction ?? actions[action], disposition_id: disposition, disposition: otherDisposition ?? dispositions[disposition] };
}

/** SECURITY: texts of agents are only ever values here, never names; JSON cells stay the text that they are. */
function rest(row: Row, told: Told, time: string | null): Json {
  const mapped = new Set(told.mapped);
  const left: Record<string, Json> = {};
  for (const name in row) {
    const cell = row[name];
    if (cell !== null && cell !== undefined && !mapped.has(name)) left[name] = cell;
  }
  // 1970 stands for a time that is not known, since OCSF has no event without one.
  return time === null ? { ...left, timeNotKnown: true } : left;
}

export function compact(attributes: Attributes): { readonly [name: string]: Json } {
  const kept: Record<string, Json> = {};
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== null) kept[name] = value;
  return kept;
}

export const milliseconds = (time: string | null): number | undefined => {
  const ms = time === null ? Number.NaN : Date.parse(time);
  return Number.isNaN(ms) ? undefined : ms;
};

export const textOf = (row: Row, name: string): string | null => (typeof row[name] === 'string' ? row[name] : null);
export const numberOf = (row: Row, name: string): number | null => (typeof row[name] === 'number' ? row[name] : null);
export const said = (cell: Cell | undefined): string | undefined => (cell === null || cell === undefined || cell === '' ? undefined : String(cell));

/** Of rows that have no id of their own: they are told apart by all that is told of them. */
export const uidByContent = (base: string, row: Row): string => `${base}:${createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 16)}`;

/** Text that may not be empty where the schema asks for it. */
export const named = (...tries: readonly (Cell | undefined)[]): string => tries.map(said).find((one) => one !== undefined) ?? '(not known)';
