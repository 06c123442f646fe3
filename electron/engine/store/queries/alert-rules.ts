/** Rules for alerts, and as they are watched by. */
import type { AlertRule, AlertTrigger } from '../../../../shared/alerts.ts';
import type { BudgetScope } from '../../../../shared/budgets.ts';
import type { AlertRuleFact } from '../alert-commands.ts';
import { publicId } from '../ids.ts';
import { iso, type Reading } from './reading.ts';
import { scopeConnections, scopeHeads, scopeName } from './scope-words.ts';

interface Row {
  readonly id: number; readonly name: string; readonly fires: string; readonly watches: string; readonly severity: AlertRule['severity']; readonly sustainedS: number; readonly targets: string; readonly escalation: string; readonly tellEnd: number; readonly enabled: number; readonly builtIn: number;
  readonly createdUs: number; readonly changedUs: number; readonly changedBy: string; readonly raised: number; readonly lastUs: number | null;
}
const columns = 'id, name, fires, watches, severity, sustained_s AS sustainedS, targets, escalation, tell_end AS tellEnd, enabled, built_in AS builtIn, created_us AS createdUs, changed_us AS changedUs, changed_by AS changedBy, raised, last_us AS lastUs';

type Steps = { readonly afterMin: number; readonly targets: readonly number[] }[];
const targetIds = (ids: readonly number[]): string[] => ids.map((id) => publicId('target', id));

export function listAlertRules(reading: Reading): { rows: AlertRule[] } {
  const open = new Map(reading.sql<[], { rule: number; n: number }>("SELECT rule, count(*) AS n FROM alert INDEXED BY alert_open_rule WHERE state = 'open' GROUP BY rule").all().map((one) => [one.rule, one.n]));
  return {
    rows: reading.sql<[], Row>(`SELECT ${columns} FROM alert_rule WHERE removed_us IS NULL ORDER BY name COLLATE NOCASE, id`).all().map((row) => {
      const watches = JSON.parse(row.watches) as BudgetScope;
      return {
        id: publicId('alertRule', row.id), name: row.name, trigger: JSON.parse(row.fires) as AlertTrigger, watches, watchesName: scopeName(reading, watches), severity: row.severity, sustainedS: row.sustainedS, targetIds: targetIds(JSON.parse(row.targets) as number[]),
        escalation: (JSON.parse(row.escalation) as Steps).map((step) => ({ afterMin: step.afterMin, targetIds: targetIds(step.targets) })), tellEnd: row.tellEnd === 1, enabled: row.enabled === 1, builtIn: row.builtIn === 1,
        createdAt: iso(row.createdUs), changedAt: iso(row.changedUs), changedBy: row.changedBy, raised: row.raised, lastAt: row.lastUs === null ? null : iso(row.lastUs), open: open.get(row.id) ?? 0,
      };
    }),
  };
}

/** Those that are on, with whom they watch as it is now. */
export function alertRuleFacts(reading: Reading): AlertRuleFact[] {
  return reading.sql<[], Row>(`SELECT ${columns} FROM alert_rule WHERE removed_us IS NULL AND enabled = 1 ORDER BY id`).all().map((row) => {
    const watches = JSON.parse(row.watches) as BudgetScope;
    const agents = scopeHeads(reading, watches);
    return {
      id: row.id, name: row.name, trigger: JSON.parse(row.fires) as AlertTrigger, watches, agents, connections: scopeConnections(reading, watches, agents), severity: row.severity, sustainedS: row.sustainedS,
      targets: JSON.parse(row.targets) as number[], escalation: JSON.parse(row.escalation) as Steps, tellEnd: row.tellEnd === 1, createdUs: row.createdUs, changedUs: row.changedUs,
    };
  });
}
