/** Words of reports: what is in them, in which format, how complete they are, and the jobs that write them. */
import { z } from 'zod';
import { isoTime } from './domain.ts';
import { receiverHost } from './receiver-address.ts';

const id = z.string().min(1).max(64);

/** What a report may hold. `console`: the audit log, changes to the console among it. Gaps are in every report. */
export const reportContents = ['console', 'stops', 'access', 'approvals', 'activity', 'cost', 'failures', 'gaps'] as const;
export const reportContent = z.enum(reportContents);
export type ReportContent = z.infer<typeof reportContent>;

/** `focus`: cost only. `pdf`: for people, made by the window. */
export const reportFormats = ['csv', 'jsonl', 'parquet', 'xlsx', 'ocsf-1.8.0', 'ocsf-1.9.0', 'cef', 'focus', 'pdf'] as const;
export const reportFormat = z.enum(reportFormats);
export type ReportFormat = z.infer<typeof reportFormat>;

export const reportScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('everything') }),
  z.object({ kind: z.literal('agents'), ids: z.array(id).min(1).max(1_000) }),
  z.object({ kind: z.literal('tag'), tag: z.string().min(1).max(40) }),
  z.object({ kind: z.literal('connection'), id }),
  z.object({ kind: z.literal('stop'), id }),
]);
export type ReportScope = z.infer<typeof reportScope>;

/** What agents, tools and runtimes wrote: `hashes`: SHA-256 and length of it only; `redacted`: with secrets and personal data masked; `full`: as it is kept. */
export const textLevels = ['hashes', 'redacted', 'full'] as const;
export type TextLevel = (typeof textLevels)[number];
/** `pseudonyms`: the same person is the same pseudonym within one report; who it is stays here. */
export const peopleLevels = ['names', 'pseudonyms', 'removed'] as const;
export type PeopleLevel = (typeof peopleLevels)[number];

/**
 * A syslog receiver that the CEF lines of a report are sent to, too. Where it is stands here in full, also of a kept target: what a person was asked about is
 * what is reached. Of the target come its authority and facility.
 */
export const reportReceiver = z.object({
  host: z.string().trim().min(1).max(253).regex(receiverHost, 'a host name or address, without a scheme'),
  port: z.int().min(1).max(65_535), transport: z.enum(['tcp', 'tls']),
  /** a target of alerts, of the kind syslog. */
  targetId: id.nullable().default(null),
});
export type ReportReceiver = z.infer<typeof reportReceiver>;

export const reportSpec = z.object({
  name: z.string().trim().min(1).max(80),
  /** `[from, to)`, UTC. */
  from: isoTime, to: isoTime,
  scope: reportScope,
  contents: z.array(reportContent).min(1).max(reportContents.length),
  text: z.enum(textLevels).default('hashes'),
  people: z.enum(peopleLevels).default('names'),
  formats: z.array(reportFormat).min(1).max(reportFormats.length),
  /** one zip that verifies without Gatehouse: with manifest, audit log, seals, proofs, public key and verifiers. */
  pack: z.boolean().default(false),
  /** with `cef`, and not with a pack. */
  send: reportReceiver.optional(),
});
export type ReportSpec = z.infer<typeof reportSpec>;

/** What pseudonyms of one report are made with. The window makes one for each report and hands it to the PDF and to the data files; it is kept nowhere. */
export const pseudonymKey = z.string().regex(/^[0-9a-f]{64}$/).optional();

export const dispositions = ['not_applicable', 'disabled_by_policy', 'unsupported_input', 'resource_exhausted', 'failed', 'unavailable', 'out_of_scope', 'withheld'] as const;
/** Whether what a report becomes is one file or a folder of several. */
export function reportTarget({ contents, formats, pack }: Pick<ReportSpec, 'contents' | 'formats' | 'pack'>): 'file' | 'folder' {
  if (pack) return 'file';
  const files = formats.reduce((sum, format) => sum + (format === 'pdf' ? 1 : format === 'focus' ? Number(contents.includes('cost')) : contents.length), 0);
  return files === 1 ? 'file' : 'folder';
}

/** No silent remainder: what was eligible and not examined stands here, with why. `count` null: nobody can know. */
export const unexamined = z.object({ disposition: z.enum(dispositions), count: z.int().nullable(), text: z.string() });
export const coverageRow = z.object({
  connectionId: id, connectionName: z.string(), kind: z.string(), records: z.int(),
  /** of the period; what was before the connection was made is not seen. */
  seenPercent: z.number(), firstAt: isoTime.nullable(), lastAt: isoTime.nullable(), refused: z.int(),
  notSeen: z.array(z.object({ from: isoTime, to: isoTime, reason: z.string(), text: z.string() })), /** there are more periods than listed. */ moreNotSeen: z.int(),
});
export const completeness = z.object({
  from: isoTime, to: isoTime, agents: z.int(), seenPercent: z.number(), notSeenPeriods: z.int(), notSeenAgentHours: z.number(), refused: z.int(),
  contents: z.array(z.object({ content: reportContent, eligible: z.int(), examined: z.int(), unexamined: z.array(unexamined) })),
  connections: z.array(coverageRow),
  retention: z.array(z.object({ connectionName: z.string().nullable(), days: z.int().nullable(), goneBefore: isoTime.nullable(), text: z.string() })),
  /** the same in words, as it is printed. */
  sentences: z.array(z.string()),
});
export type Completeness = z.infer<typeof completeness>;

export const reportPreview = z.object({ rows: z.array(z.object({ content: reportContent, count: z.int(), /** e.g. 14 stop orders and 96 drills. */ text: z.string() })), completeness, bytes: z.int().nullable(), seconds: z.number().nullable(), warnings: z.array(z.string()) });
export type ReportPreview = z.infer<typeof reportPreview>;

export const reportFile = z.object({ path: z.string(), content: reportContent.nullable(), format: z.string(), bytes: z.int(), rows: z.int().nullable(), sha256: z.string() });
export type ReportFile = z.infer<typeof reportFile>;
/**
 * What was sent on. Syslog answers nothing, so `messages` are those that TCP of this machine took over; the last of them may not have arrived unless
 * `ending` says how it was ended. `unknown`: Gatehouse ended while it was sent.
 */
export const reportSent = z.object({
  to: z.string(), state: z.enum(['sending', 'done', 'failed', 'cancelled', 'unknown']), messages: z.int(), of: z.int(),
  /** of them with values that are told by length and hash, because the line was too long to send. */
  shortened: z.int(),
  /** `closed`: the receiver closed the connection in order behind the last one; `quiet`: it did not, and no error came either. */
  ending: z.enum(['closed', 'quiet']).nullable(), error: z.string().nullable(),
});
export type ReportSent = z.infer<typeof reportSent>;

export const reportJob = z.object({
  id, spec: reportSpec, state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']), by: z.string(), startedAt: isoTime, endedAt: isoTime.nullable(),
  /** file or folder, as it was chosen. */
  target: z.string(), step: z.string(), rows: z.int(), of: z.int(), bytes: z.int(), files: z.array(reportFile), error: z.string().nullable(), completeness: completeness.nullable(),
  /** null: it was not to be sent, or the audit log does not hold any more how it went. */
  sent: reportSent.nullable().default(null),
});
export type ReportJob = z.infer<typeof reportJob>;

export const reportTemplate = z.object({ id, name: z.string(), /** a period in whole units before today, or the one that stands in the spec. */ period: z.enum(['last_day', 'last_week', 'last_month', 'last_quarter', 'last_year', 'fixed']), spec: reportSpec, changedAt: isoTime, changedBy: z.string() });
export type ReportTemplate = z.infer<typeof reportTemplate>;

/** What the PDF shows: made from the same rows as the other formats. */
export const reportDocument = z.object({
  spec: reportSpec, madeAt: isoTime, by: z.string(), version: z.string(), completeness,
  sections: z.array(z.object({
    content: reportContent, title: z.string(), count: z.int(), sentences: z.array(z.string()),
    /** a chart: one or more series over days or names. */
    chart: z.object({ kind: z.enum(['bars', 'lines']), unit: z.enum(['count', 'micros', 'ms']), currency: z.string().nullable(), points: z.array(z.object({ label: z.string(), values: z.array(z.number()) })), series: z.array(z.string()) }).nullable(),
    columns: z.array(z.object({ name: z.string(), align: z.enum(['start', 'end']) })), rows: z.array(z.array(z.string())), /** rows that are only in the data files. */ more: z.int(),
  })),
  seal: z.object({ hour: isoTime, size: z.int(), fingerprint: z.string() }).nullable(),
});
export type ReportDocument = z.infer<typeof reportDocument>;
