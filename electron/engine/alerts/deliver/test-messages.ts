/** For tests: a message as the queue keeps it. */
import type { AlertMessage } from '../../../../shared/alerts.ts';

export function testMessage(alert: Partial<AlertMessage['alert']> = {}, more: Partial<Omit<AlertMessage, 'alert'>> = {}): AlertMessage {
  return {
    gatehouse: 'alert', version: 1, delivery: 'dlv-0001', event: 'raised', from: { product: 'Gatehouse', version: '1.0.0', host: 'ops.example' }, ...more,
    alert: { id: 'alt-1', kind: 'new_failure', severity: 'attention', rule: 'New failure', title: 'payer: send_payment failed', text: 'It was not seen before.', agent: 'payer', connection: 'Production', raisedAt: '2026-11-23T10:00:00.000Z', times: 1, ...alert },
  };
}
