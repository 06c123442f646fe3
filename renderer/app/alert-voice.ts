/** Says new urgent alerts aloud, on every screen. Stop orders speak for themselves (stop-voice), and at once. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Alert } from '../../shared/alerts.ts';
import { alertQueries, systemQueries } from '../api/queries.ts';
import { inertString } from '../ui/agent-text.ts';
import { announce } from '../ui/announce.ts';

const none: readonly Alert[] = [];

/** Urgent ones that came, or were opened again; the first answer says nothing, what stood before is no news. */
export function newUrgent(before: ReadonlySet<string> | null, alerts: readonly Alert[]): Alert[] {
  return before === null ? [] : alerts.filter((alert) => alert.severity === 'urgent' && alert.kind !== 'stop' && !before.has(alert.id));
}

/** One sentence for all that came together: only the newest sentence is heard. */
export function urgentWords(alerts: readonly Alert[]): string {
  const [first] = alerts;
  if (first === undefined) return '';
  return `${alerts.length === 1 ? 'Urgent alert' : `${alerts.length} urgent alerts, the newest`}: ${inertString(first.title, 200)}`;
}

export function useAlertVoice(): void {
  const { data: status } = useQuery(systemQueries.status());
  const { data } = useQuery({ ...alertQueries.open(), enabled: (status?.alertsOpen ?? 0) > 0 });
  const before = useRef<Set<string> | null>(null);
  const alerts = status?.alertsOpen === 0 ? none : data?.rows;
  useEffect(() => {
    if (alerts === undefined) return;
    const fresh = newUrgent(before.current, alerts);
    if (fresh.length > 0) announce(urgentWords(fresh));
    before.current = new Set(alerts.map((alert) => alert.id));
  }, [alerts]);
}
