/** What a report is proposed to be called, and what stands below its sheets. Pure. */
import { reportTarget } from '../../shared/reports.ts';
import type { ReportDocument, ReportSpec } from '../../shared/reports.ts';

/** The last day that is within `[from, to)`. */
const lastDay = (to: string): string => new Date(Date.parse(to) - 1).toISOString().slice(0, 10);

const endings: Readonly<Record<ReportSpec['formats'][number], string>> = { csv: 'csv', jsonl: 'jsonl', parquet: 'parquet', xlsx: 'xlsx', 'ocsf-1.8.0': 'jsonl', 'ocsf-1.9.0': 'jsonl', cef: 'cef', focus: 'csv', pdf: 'pdf' };

/** Of what is one file; null: a folder of several. */
export function endingOf(spec: Pick<ReportSpec, 'contents' | 'formats' | 'pack'>): string | null {
  if (spec.pack) return 'zip';
  const [format] = spec.formats;
  return reportTarget(spec) === 'folder' || format === undefined ? null : endings[format];
}

/** SECURITY: the name was typed in the page: no folder, no leading dot, no sign that a file system reads otherwise. */
export function reportName(spec: Pick<ReportSpec, 'name' | 'from' | 'to' | 'contents' | 'formats' | 'pack'>): string {
  const { name, from, to } = spec;
  const ending = endingOf(spec);
  const stem = name.normalize('NFKD').replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/\.{2,}/g, '.').replace(/^[.-]+/, '').slice(0, 60).replace(/[.-]+$/, '');
  return `gatehouse-${stem === '' ? 'report' : stem.toLowerCase()}-${from.slice(0, 10)}-to-${lastDay(to)}${ending === null ? '' : `.${ending}`}`;
}

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** SECURITY: what a person typed stands in a template that is HTML. */
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => signs[sign] ?? '').replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ');

/** Key and seal on every sheet, so that a sheet alone says what it must agree with; the whole fingerprint stands on the first one. */
export function reportFoot({ spec, madeAt, seal }: Pick<ReportDocument, 'spec' | 'madeAt' | 'seal'>): string {
  const proof = seal === null ? 'no seal yet' : `seal of ${seal.hour.slice(0, 13).replace('T', ' ')}:00 UTC over ${String(seal.size)} ${seal.size === 1 ? 'entry' : 'entries'}, key ${seal.fingerprint.slice(0, 16).replaceAll(/(.{4})(?=.)/g, '$1 ')}…`;
  return `Gatehouse, ${escaped(spec.name)}, made ${madeAt.slice(0, 16).replace('T', ' ')} UTC; ${escaped(proof)}`;
}
