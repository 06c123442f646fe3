/** A report as OCSF events, one a line. Each row is one event, so that what was counted is what is written. */
import type { ReportContent } from '../../../shared/reports.ts';
import type { Row } from './columns.ts';
import type { Format } from './format.ts';
import { gatheredLines, written } from './format.ts';
import { seenJson } from './inert-text.ts';
import { accessEvent } from './ocsf-access.ts';
import { activityEvent } from './ocsf-activity.ts';
import type { OcsfVersion } from './ocsf-classes.ts';
import { approvalEvent, consoleEvent } from './ocsf-console.ts';
import { eventOf } from './ocsf-event.ts';
import type { Attributes, OcsfContext, Told } from './ocsf-event.ts';
import { stopEvent } from './ocsf-stops.ts';
import { costEvent, failureEvent, gapEvent } from './ocsf-sums.ts';

const mappings: Readonly<Record<ReportContent, (row: Row, context: OcsfContext) => Told>> = {
  activity: activityEvent, console: consoleEvent, approvals: approvalEvent, stops: stopEvent, access: accessEvent, failures: failureEvent, gaps: gapEvent, cost: costEvent,
};

export const ocsfEvent = (content: ReportContent, row: Row, context: OcsfContext): Attributes => eventOf(mappings[content](row, context), row, context);

export const writeOcsf = (version: OcsfVersion): Format => async (_columns, pages, out, { content, version: product }) => {
  const context: OcsfContext = { version, product };
  let rows = 0;
  for await (const page of pages) {
    let lines = '';
    for (const row of page) {
      lines += `${seenJson(JSON.stringify(ocsfEvent(content, row, context)))}\n`;
      if (lines.length < gatheredLines) continue;
      out.write(lines);
      lines = '';
    }
    out.write(lines);
    rows += page.length;
  }
  return written(out, rows);
};
