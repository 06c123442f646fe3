/** From the name of a content to its rows: what is counted and what is written comes from here. */
import type { ReportContent } from '../../../../shared/reports.ts';
import type { Row } from '../../export/columns.ts';
import { accessParts } from './report-access.ts';
import { activityPart } from './report-activity.ts';
import { approvalPart } from './report-approvals.ts';
import { consolePart } from './report-console.ts';
import { costParts } from './report-cost.ts';
import { failureParts } from './report-failures.ts';
import { gapPart } from './report-gaps.ts';
import { countPart, fixed, pagesOf } from './report-part.ts';
import type { Part } from './report-part.ts';
import type { Selection } from './report-scope.ts';
import { stopParts } from './report-stops.ts';
import type { Reading } from './reading.ts';

const partsOf: Readonly<Record<ReportContent, (reading: Reading, selection: Selection) => Part[]>> = {
  activity: (_reading, selection) => [activityPart(selection)],
  console: (reading, selection) => [consolePart(reading, selection)],
  stops: (_reading, selection) => stopParts(selection),
  access: (_reading, selection) => accessParts(selection),
  approvals: (_reading, selection) => [approvalPart(selection)],
  cost: costParts,
  failures: (_reading, selection) => failureParts(selection),
  gaps: (_reading, selection) => [gapPart(selection)],
};

/** Its kinds of rows, for who sums them up: over the same WHERE. */
export const contentParts = (reading: Reading, content: ReportContent, selection: Selection): Part[] => partsOf[content](reading, selection);

export interface PartCount { readonly row: string; readonly count: number }
/** A content whose rows are found: nothing that comes in from now on is of it. */
export interface ContentRows { readonly content: ReportContent; readonly counts: readonly PartCount[]; readonly count: number; pages(): Generator<Row[]> }

export function contentRows(reading: Reading, content: ReportContent, selection: Selection): ContentRows {
  reading.begin();
  const parts = partsOf[content](reading, selection).map((one) => fixed(reading, one));
  const counts = parts.map((one) => ({ row: one.row, count: countPart(reading, one) }));
  return {
    content, counts, count: counts.reduce((sum, { count }) => sum + count, 0),
    *pages() {
      for (const one of parts) yield* pagesOf(reading, one);
    },
  };
}

/** As `contentRows` counts, without finding where they end. */
export function countContent(reading: Reading, content: ReportContent, selection: Selection): PartCount[] {
  reading.begin();
  return partsOf[content](reading, selection).map((one) => ({ row: one.row, count: countPart(reading, one) }));
}
