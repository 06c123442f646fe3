/**
 * What a report shows on paper: for each content its sentences, a chart and the rows that matter most, counted over the same WHERE as the data files.
 * Bounded, however much was chosen. Who asked is not known here: the engine adds it.
 */
import type { ReportContent, ReportDocument, ReportSpec } from '../../../../shared/reports.ts';
import { Pseudonyms } from '../../export/disclose.ts';
import { US_HOUR } from '../codes.ts';
import { listKeys } from './audit-stand.ts';
import { completenessOf } from './report-completeness.ts';
import { selectionOf } from './report-scope.ts';
import type { Section, SectionContext } from './report-section.ts';
import { accessSection, approvalSection, consoleSection, gapSection, stopSection } from './report-sections-people.ts';
import { activitySection, costSection, failureSection } from './report-sections.ts';
import { iso, type Reading } from './reading.ts';

const sections: Readonly<Record<ReportContent, (context: SectionContext) => Section>> = {
  activity: activitySection, cost: costSection, failures: failureSection, console: consoleSection, stops: stopSection, access: accessSection, approvals: approvalSection, gaps: gapSection,
};

export function reportDocument(reading: Reading, { pseudonymKey, ...spec }: ReportSpec & { readonly pseudonymKey?: string | undefined }, nowUs: number): ReportDocument {
  const selection = selectionOf(reading, spec, nowUs);
  const context = { reading, spec, selection, pseudonyms: new Pseudonyms(pseudonymKey ?? null) };
  const made = [...new Set(spec.contents)].map((content) => sections[content](context));
  return {
    spec, madeAt: iso(nowUs), by: '', version: '', completeness: completenessOf(reading, spec, selection, made), seal: newestSeal(reading),
    sections: made.map((one, at) => (at === 0 && spec.people === 'pseudonyms' ? { ...one, sentences: [...one.sentences, pseudonymKey === undefined ? 'Pseudonyms are of this document: the data files have others.' : 'Pseudonyms are those of the data files that were written with this document, and of no other report.'] } : one)),
  };
}

function newestSeal(reading: Reading): ReportDocument['seal'] {
  const seal = reading.sql<[], { hour: number; size: number }>('SELECT hour, size FROM audit_seal ORDER BY number DESC LIMIT 1').get();
  const key = listKeys(reading).rows[0];
  return seal === undefined || key === undefined ? null : { hour: iso(seal.hour * US_HOUR), size: seal.size, fingerprint: key.fingerprint };
}
