/** What a person has chosen for a report, before it is a spec: days instead of moments, choices that are off kept. Pure. */
import { receiverHost, usualSyslogPort } from '../../../shared/receiver-address.ts';
import type { PeopleLevel, ReportContent, ReportFormat, ReportReceiver, ReportScope, ReportSpec, ReportTemplate, TextLevel } from '../../../shared/reports.ts';

export type Preset = ReportTemplate['period'];
export type ScopeKind = ReportScope['kind'];

export interface Draft {
  /** the template that it came from; null: none. */
  templateId: string | null;
  name: string;
  period: Preset;
  /** of `fixed`: UTC days, both included; what is typed, so they may be no days yet. */
  fromDay: string;
  toDay: string;
  scope: ScopeKind;
  agents: readonly string[];
  tag: string | null;
  connectionId: string | null;
  stopId: string | null;
  contents: readonly ReportContent[];
  text: TextLevel;
  people: PeopleLevel;
  formats: readonly ReportFormat[];
  pack: boolean;
  send: SendDraft;
}

/** Where it is sent, as typed; kept while it is off. */
export interface SendDraft { readonly on: boolean; /** a target of alerts; null: the address that is typed. */ readonly targetId: string | null; readonly host: string; readonly port: string; readonly transport: ReportReceiver['transport'] }
export const nowhere: SendDraft = { on: false, targetId: null, host: '', port: String(usualSyslogPort('tls')), transport: 'tls' };

/** In the order of the screen. Gaps are in every report. */
export const contentIds: readonly ReportContent[] = ['console', 'stops', 'access', 'approvals', 'activity', 'cost', 'failures', 'gaps'];
export const formatIds: readonly ReportFormat[] = ['csv', 'jsonl', 'pdf', 'xlsx', 'parquet', 'ocsf-1.9.0', 'ocsf-1.8.0', 'cef', 'focus'];
export const presetIds: readonly Preset[] = ['last_day', 'last_week', 'last_month', 'last_quarter', 'last_year', 'fixed'];
export const scopeKinds: readonly ScopeKind[] = ['everything', 'tag', 'agents', 'connection', 'stop'];

const dayMs = 86_400_000;
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Midnight UTC of a day; null: no such day. */
export function startOf(day: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const ms = Date.parse(`${day}T00:00:00.000Z`);
  return Number.isNaN(ms) || dayOf(ms) !== day ? null : ms;
}

/** Whole units before today, UTC, both days included. A week begins on Monday. */
export function presetDays(period: Exclude<Preset, 'fixed'>, now: number): { fromDay: string; toDay: string } {
  const date = new Date(now);
  const today = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  const between = (from: number, to: number): { fromDay: string; toDay: string } => ({ fromDay: dayOf(from), toDay: dayOf(to - dayMs) });
  const month = (at: number): number => Date.UTC(date.getUTCFullYear(), at, 1);
  switch (period) {
    case 'last_day': return between(today - dayMs, today);
    case 'last_week': {
      const monday = today - ((date.getUTCDay() + 6) % 7) * dayMs;
      return between(monday - 7 * dayMs, monday);
    }
    case 'last_month': return between(month(date.getUTCMonth() - 1), month(date.getUTCMonth()));
    case 'last_quarter': {
      const first = Math.floor(date.getUTCMonth() / 3) * 3;
      return between(month(first - 3), month(first));
    }
    case 'last_year': return between(Date.UTC(date.getUTCFullYear() - 1, 0, 1), Date.UTC(date.getUTCFullYear(), 0, 1));
  }
}

export const daysOf = (draft: Pick<Draft, 'period' | 'fromDay' | 'toDay'>, now: number): { fromDay: string; toDay: string } => (draft.period === 'fixed' ? { fromDay: draft.fromDay, toDay: draft.toDay } : presetDays(draft.period, now));

/** Thirty days until today: what a first look asks for. */
export function firstDraft(now: number): Draft {
  return {
    templateId: null, name: 'Audit report', period: 'fixed', fromDay: dayOf(now - 29 * dayMs), toDay: dayOf(now), scope: 'everything', agents: [], tag: null, connectionId: null, stopId: null,
    contents: contentIds, text: 'hashes', people: 'names', formats: ['csv', 'pdf'], pack: true, send: nowhere,
  };
}

function scopeOf({ scope, agents, tag, connectionId, stopId }: Draft): ReportScope | null {
  switch (scope) {
    case 'everything': return { kind: 'everything' };
    case 'agents': return agents.length === 0 ? null : { kind: 'agents', ids: [...agents] };
    case 'tag': return tag === null ? null : { kind: 'tag', tag };
    case 'connection': return connectionId === null ? null : { kind: 'connection', id: connectionId };
    case 'stop': return stopId === null ? null : { kind: 'stop', id: stopId };
  }
}

const scopeComplaints: Record<ScopeKind, string> = { everything: '', agents: 'Choose at least one agent.', tag: 'Choose a tag.', connection: 'Choose a connection.', stop: 'Choose a stop order.' };

function sendComplaint({ send, pack, formats }: Draft): string | null {
  if (!send.on) return null;
  if (pack) return 'A pack is not sent: leave out the pack, or the sending.';
  if (!formats.includes('cef')) return 'What is sent are CEF lines: choose CEF.';
  if (!receiverHost.test(send.host.trim())) return 'Give the name or the address of the receiver, without a scheme.';
  return /^\d{1,5}$/.test(send.port) && Number(send.port) >= 1 && Number(send.port) <= 65_535 ? null : 'A port is a number from 1 to 65535.';
}

/** Where it goes, once it can; null: nowhere yet. */
export function receiverOf(draft: Draft): ReportReceiver | null {
  const { on, targetId, host, port, transport } = draft.send;
  return on && sendComplaint(draft) === null ? { host: host.trim(), port: Number(port), transport, targetId } : null;
}

/** Begun or left. What is sent are CEF lines, and not of a pack. */
export const toggledSend = (draft: Draft): Pick<Draft, 'send' | 'formats' | 'pack'> => {
  const on = !draft.send.on;
  return { send: { ...draft.send, on }, formats: on && !draft.formats.includes('cef') ? [...draft.formats, 'cef'] : draft.formats, pack: on ? false : draft.pack };
};

/** Why it cannot be written; null: it can. */
export function complaintOf(draft: Draft, now: number): string | null {
  const { fromDay, toDay } = daysOf(draft, now);
  const [from, to] = [startOf(fromDay), startOf(toDay)];
  if (from === null || to === null) return 'Give both days of the period.';
  if (to < from) return 'The period ends before it begins.';
  if (from > now) return 'The period has not begun.';
  if (scopeOf(draft) === null) return scopeComplaints[draft.scope];
  if (draft.formats.length === 0) return 'Choose at least one format.';
  if (draft.formats.length === 1 && draft.formats[0] === 'focus' && !draft.contents.includes('cost')) return 'FOCUS holds cost only, and cost is not among the contents.';
  if (draft.name.trim() === '') return 'Give the report a name.';
  return sendComplaint(draft);
}

/** A period that runs ends now: nothing is said about what has not happened yet. Null: it cannot be written yet. */
export function specOf(draft: Draft, now: number): ReportSpec | null {
  const { fromDay, toDay } = daysOf(draft, now);
  const [from, to] = [startOf(fromDay), startOf(toDay)];
  const scope = scopeOf(draft);
  if (complaintOf(draft, now) !== null || from === null || to === null || scope === null) return null;
  const send = receiverOf(draft);
  return {
    name: draft.name.trim(), from: new Date(from).toISOString(), to: new Date(Math.min(to + dayMs, Math.max(now, from + 1))).toISOString(), scope,
    contents: contentIds.filter((one) => one === 'gaps' || draft.contents.includes(one)), text: draft.text, people: draft.people, formats: formatIds.filter((one) => draft.formats.includes(one)), pack: draft.pack,
    ...(send === null ? {} : { send }),
  };
}

/** For counting while somebody chooses: neither a name changes a count, nor where it is sent. */
export const previewSpec = (draft: Draft, now: number): ReportSpec | null => specOf({ ...draft, name: 'preview', send: nowhere }, now);
/** As long as this is the same, nothing is counted anew: what runs on is asked once a minute. */
export const previewKey = (draft: Draft, now: number): string => JSON.stringify([{ ...draft, name: draft.name.trim() === '', templateId: null, send: null }, Math.floor(now / 60_000)]);

export function draftOf(template: Pick<ReportTemplate, 'id' | 'name' | 'period' | 'spec'>): Draft {
  const { spec } = template;
  const { scope } = spec;
  return {
    templateId: template.id, name: template.name, period: template.period, fromDay: spec.from.slice(0, 10), toDay: dayOf(Date.parse(spec.to) - 1),
    scope: scope.kind, agents: scope.kind === 'agents' ? scope.ids : [], tag: scope.kind === 'tag' ? scope.tag : null, connectionId: scope.kind === 'connection' ? scope.id : null, stopId: scope.kind === 'stop' ? scope.id : null,
    contents: spec.contents, text: spec.text, people: spec.people, formats: spec.formats, pack: spec.pack,
    send: spec.send === undefined ? nowhere : { on: true, targetId: spec.send.targetId ?? null, host: spec.send.host, port: String(spec.send.port), transport: spec.send.transport },
  };
}

/** What a template keeps: of a running period the whole last day. Null: it cannot be kept yet. */
export function templateOf(draft: Draft, name: string, now: number): { name: string; period: Preset; spec: ReportSpec } | null {
  const spec = specOf({ ...draft, name }, now);
  const to = startOf(daysOf(draft, now).toDay);
  return spec === null || to === null ? null : { name: name.trim(), period: draft.period, spec: { ...spec, to: new Date(to + dayMs).toISOString() } };
}

/** It says something else than the template it came from. */
export function isChanged(draft: Draft, template: Pick<ReportTemplate, 'id' | 'name' | 'period' | 'spec'>): boolean {
  const kept = draftOf(template);
  const days = (one: Draft): string => (one.period === 'fixed' ? `${one.fromDay} ${one.toDay}` : one.period);
  const said = (one: Draft): string => JSON.stringify([one.name.trim(), days(one), scopeOf(one), contentIds.filter((id) => id === 'gaps' || one.contents.includes(id)), one.text, one.people, formatIds.filter((id) => one.formats.includes(id)), one.pack, one.send.on ? one.send : null]);
  return said(draft) !== said(kept);
}

/** On or off, in the order of the screen. */
export function toggledIn<T>(all: readonly T[], chosen: readonly T[], one: T): T[] {
  return all.filter((other) => (other === one) !== chosen.includes(other));
}
