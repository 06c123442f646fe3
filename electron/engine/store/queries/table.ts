/** From the name of a query to the function that answers it. Runs on the reader thread only. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import { accessCell } from './access-cell.ts';
import { getDocument, listDocuments } from './access-documents.ts';
import { getBaseline, listDrift } from './access-drift.ts';
import { accessGraph } from './access-graph.ts';
import { listFindings } from './access-findings.ts';
import { accessMatrix } from './access-matrix.ts';
import { accessProposal } from './access-proposal.ts';
import { accessReach } from './access-reach.ts';
import { accessSummary } from './access-summary.ts';
import { listAlertRules, alertRuleFacts } from './alert-rules.ts';
import { dueDeliveries, listDeliveries, listTargets, targetFacts } from './alert-targets.ts';
import { alertFacts } from './alert-facts.ts';
import { getAlert, listAlerts } from './alerts.ts';
import { getActivity, listActivity, listTaskActivities, liveRows } from './activities.ts';
import { approvalFact, getApproval, listApprovals } from './approvals.ts';
import { auditFacets, getAudit, listAudit } from './audit.ts';
import { auditFacts, auditStand, listKeys, listSeals, pruneAt, sealStands } from './audit-stand.ts';
import { getAgent, listAgents } from './agents.ts';
import { readSettings } from '../commands.ts';
import { budgetFacts, budgetForecast, budgetPending, budgetRows, budgetSpent, coveringStop } from './budget-facts.ts';
import { listBudgetEvents, listBudgets, previewBudget } from './budgets.ts';
import { counts, listConnections } from './connections.ts';
import { listBills } from './cost-bills.ts';
import { bookFacts, listPrices, priceHistory, unpricedModels } from './cost-book.ts';
import { explainCost } from './cost-explain.ts';
import { reconcile } from './cost-reconciliation.ts';
import { costRows, costTrend } from './cost-rows.ts';
import { costSummary } from './cost-summary.ts';
import { activityProof, listDigests } from './digests.ts';
import { engineFacts } from './engine-facts.ts';
import { getFailure } from './failure-detail.ts';
import { failureGroups } from './failure-groups.ts';
import { listFailures } from './failures.ts';
import { find } from './find.ts';
import { getGrant } from './grant-detail.ts';
import { listGrants } from './grants.ts';
import { identityCard } from './identity.ts';
import { activityIdentity } from './identity-activity.ts';
import { getOverview } from './overview.ts';
import type { Reading } from './reading.ts';
import { choreFact, listChores, listErasures, listHolds, listPolicies, previewRetention } from './retention.ts';
import { listReportJobs, listReportTemplates, reportJob } from './report-jobs.ts';
import { reportDocument } from './report-document.ts';
import { previewReport } from './report-preview.ts';
import { runtimeFacts } from './runtimes.ts';
import { stopFacts } from './stop-facts.ts';
import { drillsDue, listDrills, readiness } from './stop-readiness.ts';
import { rhythmOf, stepTimes } from './stop-rhythm.ts';
import { listFirings, listRules, ruleFacts, ruleRows, spentSince } from './stop-rules.ts';
import { scopeFacts } from './stop-scope.ts';
import { sightOf } from './stop-sight.ts';
import { signRows } from './stop-signs.ts';
import { listOperators, listTags, operatorFact } from './stop-tags.ts';
import { getStop, listStops, standing } from './stops.ts';
import { activitySeries, spendSeries } from './series.ts';
import { gapsIn, spanOf } from './span-of-time.ts';
import { getTask, listOpen, listTasks } from './tasks.ts';

export const queries = {
  'overview.get': getOverview,
  'agents.list': listAgents,
  'agents.get': getAgent,
  'tasks.list': listTasks,
  'tasks.get': getTask,
  'tasks.activities': listTaskActivities,
  'activity.list': listActivity,
  'activity.get': getActivity,
  'failures.list': listFailures,
  'failures.groups': failureGroups,
  'failures.get': getFailure,
  'cost.summary': costSummary,
  'cost.rows': costRows,
  'cost.trend': costTrend,
  'cost.explain': explainCost,
  'cost.reconciliation': reconcile,
  'cost.bills': (reading: Reading) => listBills(reading),
  'budgets.list': listBudgets,
  'budgets.events': listBudgetEvents,
  'budgets.preview': previewBudget,
  'alerts.list': listAlerts,
  'alerts.get': getAlert,
  'alerts.rules': (reading: Reading) => listAlertRules(reading),
  'targets.list': (reading: Reading) => listTargets(reading),
  'targets.deliveries': listDeliveries,
  'prices.book': (reading: Reading) => bookFacts(reading),
  'prices.list': listPrices,
  'prices.unpriced': (reading: Reading) => unpricedModels(reading),
  'prices.history': priceHistory,
  'live.open': (reading: Reading, _params: ParsedParams<'live.open'>, nowUs: number) => listOpen(reading, nowUs),
  'series.activity': activitySeries,
  'series.spend': spendSeries,
  'gaps.list': (reading: Reading, params: ParsedParams<'gaps.list'>, nowUs: number): Result<'gaps.list'> => ({ rows: gapsIn(reading, spanOf(params.period, nowUs)) }),
  find,
  'connections.list': (reading: Reading) => listConnections(reading),
  'grants.list': listGrants,
  'access.summary': accessSummary,
  'access.matrix': accessMatrix,
  'access.cell': accessCell,
  'access.findings': listFindings,
  'access.proposal': accessProposal,
  'access.graph': accessGraph,
  'access.reach': accessReach,
  'access.drift': listDrift,
  'access.baseline': getBaseline,
  'access.documents': listDocuments,
  'access.document': getDocument,
  'grants.get': getGrant,
  'identity.card': identityCard,
  'identity.activity': activityIdentity,
  'approvals.list': listApprovals,
  'approvals.get': getApproval,
  'audit.list': listAudit,
  'audit.digests': listDigests,
  'activity.proof': activityProof,
  'audit.get': getAudit,
  'audit.facets': (reading: Reading) => auditFacets(reading),
  'audit.seals': listSeals,
  'audit.keys': (reading: Reading) => listKeys(reading),
  auditStand: (reading: Reading) => auditStand(reading),
  auditFacts: (reading: Reading) => auditFacts(reading),
  sealStands,
  pruneAt,
  'reports.preview': previewReport,
  'reports.document': reportDocument,
  'reports.jobs': listReportJobs,
  'reports.templates': (reading: Reading) => listReportTemplates(reading),
  /** not in the contract: one job of the list. */
  reportJob,
  'stop.list': listStops,
  'stop.get': getStop,
  'stop.standing': (reading: Reading) => standing(reading),
  'stop.readiness': readiness,
  'stop.drills': listDrills,
  'stop.rules': (reading: Reading) => listRules(reading),
  'stop.firings': listFirings,
  'operators.list': (reading: Reading) => listOperators(reading),
  'tags.list': (reading: Reading) => listTags(reading),
  'settings.get': (reading: Reading) => readSettings(reading.db),
  'retention.preview': previewRetention,
  'retention.policies': (reading: Reading, _params: ParsedParams<'retention.policies'>, nowUs: number) => listPolicies(reading, nowUs),
  'retention.chores': listChores,
  'holds.list': listHolds,
  'erasure.list': listErasures,
  /** not in the contract: one job. */
  choreFact,
  /** not in the contract: what system.status and Live are made of. */
  counts: (reading: Reading) => counts(reading),
  engineFacts: (reading: Reading) => engineFacts(reading),
  liveRows,
  /** not in the contract: what the collectors start from, and what an answer is checked against. */
  runtimeFacts: (reading: Reading) => runtimeFacts(reading),
  approvalFact,
  /** not in the contract: what the kill switch plans, goes on and judges with (stop-commands.ts). */
  stopFacts,
  scopeFacts,
  signRows,
  sightOf,
  rhythmOf,
  stepTimes,
  ruleFacts: (reading: Reading) => ruleFacts(reading),
  ruleRows,
  spentSince,
  /** not in the contract: what budgets are watched by (budget-commands.ts). */
  budgetFacts,
  budgetSpent,
  budgetForecast,
  budgetRows,
  budgetPending: (reading: Reading) => budgetPending(reading),
  coveringStop,
  /** not in the contract: what alerts are raised and delivered by (alert-commands.ts). */
  alertRuleFacts: (reading: Reading) => alertRuleFacts(reading),
  alertFacts,
  targetFacts: (reading: Reading) => targetFacts(reading),
  dueDeliveries: (reading: Reading) => dueDeliveries(reading),
  drillsDue,
  operatorFact,
} as const;

export type QueryName = keyof typeof queries;
export type QueryParams<N extends QueryName> = Parameters<(typeof queries)[N]> extends [Reading, infer P, ...unknown[]] ? P : Record<string, never>;
export type QueryResult<N extends QueryName> = ReturnType<(typeof queries)[N]>;
