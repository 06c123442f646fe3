/** What a person may type to export a report and to check a pack. Pure: words in, a command out, or a sentence about what is wrong. */
import { resolve } from 'node:path';
import { peopleLevels, reportContents, reportFormats, textLevels } from '../../shared/reports.ts';
import type { PeopleLevel, ReportContent, ReportFormat, TextLevel } from '../../shared/reports.ts';
import { allow, needed, oneOf, UsageError } from './cli-options.ts';
import type { Values } from './cli-options.ts';

/** As it was typed: agents and connections by id or name. */
export type ExportScope = { readonly kind: 'everything' } | { readonly kind: 'agents'; readonly names: readonly string[] } | { readonly kind: 'tag'; readonly tag: string } | { readonly kind: 'connection'; readonly name: string } | { readonly kind: 'stop'; readonly id: string };

export interface ExportCommand {
  readonly name: 'export'; readonly reportName: string; readonly from: string; readonly to: string; readonly scope: ExportScope; readonly contents: readonly ReportContent[]; readonly formats: readonly ReportFormat[]; readonly text: TextLevel; readonly people: PeopleLevel; readonly pack: boolean;
  /** null: only say what would be in it. */
  readonly out: string | null; readonly overwrite: boolean;
  /** where the CEF files are sent, too: a kept target, or an address; null: nowhere. */
  readonly syslog: string | null;
}
export interface VerifyCommand { readonly name: 'verify'; readonly pack: string; readonly key: string | null; readonly checkpoint: string | null }

const options = ['contents', 'formats', 'from', 'to', 'since', 'agent', 'for', 'tag', 'connection', 'stop-order', 'text', 'people', 'pack', 'out', 'overwrite', 'name', 'try', 'syslog'];
const dayMs = 86_400_000;

/** `readTime`: a span back from now, or a time. `folder`: where the person stands. */
export function readExport(rest: readonly string[], values: Values, readTime: (text: string) => string, now: number, folder: string): ExportCommand {
  allow(values, options, rest, 0);
  const [from, to] = readPeriod(values, readTime, now);
  const formats = readFormats(values);
  if (values.syslog !== undefined && (values.pack || !formats.includes('cef'))) throw new UsageError('--syslog sends the CEF files of a report: it needs --formats cef, and no --pack.');
  if (!values.try) needed(values.out, '--out PATH: a folder, or a file where it is one; with --try it only says what would be in it');
  return {
    name: 'export', reportName: values.name ?? (values.pack ? 'Auditor pack' : 'Report'), from, to, scope: readScope(values), contents: readContents(values), formats,
    text: values.text === undefined ? 'hashes' : oneOf(values.text, textLevels, '--text'), people: values.people === undefined ? 'names' : oneOf(values.people, peopleLevels, '--people'),
    pack: values.pack, out: values.try || values.out === undefined ? null : resolve(folder, values.out), overwrite: values.overwrite, syslog: values.syslog ?? null,
  };
}

/** 30 whole UTC days up to now, where none are said. */
function readPeriod(values: Values, readTime: (text: string) => string, now: number): readonly [string, string] {
  if (values.since !== undefined && values.from !== undefined) throw new UsageError('--since and --from say the same: use one of them.');
  const to = values.to === undefined ? new Date(now).toISOString() : readTime(values.to);
  const began = values.since ?? values.from;
  const from = began === undefined ? new Date(Math.floor(now / dayMs) * dayMs - 30 * dayMs).toISOString() : readTime(began);
  if (from >= to) throw new UsageError('The period ends before it begins.');
  return [from, to];
}

function readContents(values: Values): readonly ReportContent[] {
  if (values.contents === undefined || values.contents === 'all') return reportContents;
  return [...new Set(values.contents.split(',').map((one) => oneOf(one.trim(), reportContents, '--contents')))];
}

function readFormats(values: Values): readonly ReportFormat[] {
  const formats = [...new Set((values.formats ?? 'csv').split(',').map((one) => oneOf(one.trim(), reportFormats, '--formats')))];
  if (formats.includes('pdf')) throw new UsageError('A PDF is printed by the window of Gatehouse: save it from there.');
  return formats;
}

function readScope(values: Values): ExportScope {
  const agents = [...(values.agent === undefined ? [] : [values.agent]), ...(values.for ?? [])];
  const scopes: ExportScope[] = [
    ...(agents.length === 0 ? [] : [{ kind: 'agents' as const, names: agents }]), ...(values.tag === undefined ? [] : [{ kind: 'tag' as const, tag: values.tag }]),
    ...(values.connection === undefined ? [] : [{ kind: 'connection' as const, name: values.connection }]), ...(values['stop-order'] === undefined ? [] : [{ kind: 'stop' as const, id: values['stop-order'] }]),
  ];
  if (scopes.length > 1) throw new UsageError('A report is of agents, of a tag, of a connection or of a stop order: say one of them.');
  return scopes[0] ?? { kind: 'everything' };
}

export function readVerify(rest: readonly string[], values: Values, folder: string): VerifyCommand {
  allow(values, ['key', 'checkpoint'], rest, 1);
  return { name: 'verify', pack: resolve(folder, needed(rest[0], 'the file of the pack')), key: values.key ?? null, checkpoint: values.checkpoint === undefined ? null : resolve(folder, values.checkpoint) };
}
