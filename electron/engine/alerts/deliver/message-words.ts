/** How an alert reads where people read it. */
import type { AlertMessage } from '../../../../shared/alerts.ts';

const eventWords: Readonly<Record<AlertMessage['event'], string>> = { raised: '', escalated: 'Nobody has acknowledged: ', over: 'Over: ', test: 'Test: ' };

export const headline = ({ event, alert }: AlertMessage): string => `${eventWords[event]}${alert.title}`;

/** Name and value, without those that are not known. */
export function factLines({ alert, from, delivery }: AlertMessage): string[] {
  return [
    `Rule: ${alert.rule}`,
    `Severity: ${alert.severity}`,
    ...(alert.agent === null ? [] : [`Agent: ${alert.agent}`]),
    ...(alert.connection === null ? [] : [`Connection: ${alert.connection}`]),
    `Raised: ${alert.raisedAt}`,
    ...(alert.times > 1 ? [`Times: ${alert.times}`] : []),
    ...(alert.id === null ? [] : [`Alert: ${alert.id}`]),
    `Told by: ${from.product} ${from.version} on ${from.host}`,
    `Delivery: ${delivery}`,
  ];
}
