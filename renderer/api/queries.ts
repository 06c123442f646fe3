/** One factory per question: key, call and the hints that make its answer old. Screens only use these. */
import { infiniteQueryOptions, keepPreviousData, queryOptions, skipToken } from '@tanstack/react-query';
import type { ActivityFilter, Method, Params, Period, Result } from '../../shared/contract.ts';
import type { HintTopic } from '../../shared/contract.ts';
import { call } from './client.ts';

/** What a period choice is, without knowing the app's: span and end make the key, `toPeriod` is asked at fetch time. */
export interface AskedPeriod { key: string; toPeriod: () => Period }

type FilterOf<M extends Method> = Omit<Params<M>, 'period'>;

function ask<M extends Method>(method: M, topics: readonly HintTopic[], params: Params<M>, everyMs: number | false = false) {
  return queryOptions({
    refetchInterval: everyMs,
    queryKey: [method, params] as const,
    queryFn: async ({ signal }): Promise<Result<M>> => call(method, params, { signal }),
    meta: { topics },
  });
}

function askIn<M extends Method>(method: M, topics: readonly HintTopic[], period: AskedPeriod, rest: FilterOf<M>) {
  return queryOptions({
    queryKey: [method, period.key, rest] as const,
    queryFn: async ({ signal }): Promise<Result<M>> => call(method, { ...rest, period: period.toPeriod() } as Params<M>, { signal }),
    // The figures of the period before stay until the new ones are there: rows do not jump through an empty screen.
    placeholderData: keepPreviousData,
    meta: { topics },
  });
}

export const systemQueries = {
  status: () => ask('system.status', ['status', 'connections', 'gaps', 'activity', 'approvals', 'stop', 'alerts'], {}, 5000),
};

export const overviewQueries = {
  get: (period: AskedPeriod, since: string | null) => queryOptions({
    queryKey: ['overview.get', period.key, since] as const,
    queryFn: since === null ? skipToken : async ({ signal }): Promise<Result<'overview.get'>> => call('overview.get', { period: period.toPeriod(), since }, { signal }),
    placeholderData: keepPreviousData,
    meta: { topics: ['activity', 'agents', 'failures', 'cost', 'gaps', 'connections', 'stop', 'alerts'] satisfies HintTopic[] },
  }),
};

export const agentQueries = {
  list: (period: AskedPeriod, filter: FilterOf<'agents.list'> = {}) => askIn('agents.list', ['agents', 'activity', 'cost'], period, filter),
  get: (period: AskedPeriod, id: string) => askIn('agents.get', ['agents', 'activity', 'cost'], period, { id }),
};

export const taskQueries = {
  list: (filter: Omit<Params<'tasks.list'>, 'before'>) => infiniteQueryOptions({
    queryKey: ['tasks.list', filter] as const,
    queryFn: async ({ pageParam, signal }): Promise<Result<'tasks.list'>> => call('tasks.list', pageParam === null ? filter : { ...filter, before: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    meta: { topics: ['tasks'] satisfies HintTopic[] },
  }),
  get: (id: string) => ask('tasks.get', ['tasks', 'activity'], { id }),
  activities: (id: string, limit = 1000) => infiniteQueryOptions({
    queryKey: ['tasks.activities', id, limit] as const,
    queryFn: async ({ pageParam, signal }): Promise<Result<'tasks.activities'>> => call('tasks.activities', pageParam === null ? { id, limit } : { id, limit, after: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    meta: { topics: ['activity'] satisfies HintTopic[] },
  }),
};

export const activityQueries = {
  list: (filter: ActivityFilter, limit = 100) => infiniteQueryOptions({
    queryKey: ['activity.list', filter, limit] as const,
    queryFn: async ({ pageParam, signal }): Promise<Result<'activity.list'>> => call('activity.list', pageParam === null ? { ...filter, limit } : { ...filter, limit, before: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    meta: { topics: ['activity'] satisfies HintTopic[] },
  }),
  get: (id: string) => ask('activity.get', ['activity'], { id }),
};

export const failureQueries = {
  list: (filter: Params<'failures.list'> = {}) => ask('failures.list', ['failures'], filter),
  /** How groups stand in the period, whatever is filtered: the counts, and where anything can be said. */
  all: (period: AskedPeriod) => askIn('failures.groups', ['failures', 'gaps'], period, { limit: 1 }),
  groups: (period: AskedPeriod, asked: Omit<FilterOf<'failures.groups'>, 'before'>) => infiniteQueryOptions({
    queryKey: ['failures.groups', period.key, asked, 'pages'] as const,
    queryFn: async ({ pageParam, signal }): Promise<Result<'failures.groups'>> => call('failures.groups', { ...asked, period: period.toPeriod(), ...(pageParam === null ? {} : { before: pageParam }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    meta: { topics: ['failures', 'gaps'] satisfies HintTopic[] },
  }),
  get: (period: AskedPeriod, id: string) => askIn('failures.get', ['failures', 'activity'], period, { id }),
};

export const liveQueries = {
  open: () => ask('live.open', ['activity', 'tasks'], {}, 5000),
};

export const seriesQueries = {
  activity: (period: AskedPeriod, rest: FilterOf<'series.activity'>) => askIn('series.activity', ['activity'], period, rest),
  spend: (period: AskedPeriod, rest: FilterOf<'series.spend'>) => askIn('series.spend', ['cost'], period, rest),
};

export const gapQueries = {
  list: (period: AskedPeriod) => askIn('gaps.list', ['gaps'], period, {}),
};

export const findQueries = {
  find: (text: string, limit = 12) => queryOptions({
    queryKey: ['find', text, limit] as const,
    queryFn: text === '' ? skipToken : async ({ signal }): Promise<Result<'find'> & { tookMs: number }> => {
      const began = performance.now();
      const found = await call('find', { text, limit }, { signal });
      return { ...found, tookMs: performance.now() - began };
    },
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    staleTime: 5000,
  }),
};

export const approvalQueries = {
  /** Asked again every few seconds while open: an approval that waits must not depend on a hint that was missed. */
  waiting: () => ask('approvals.list', ['approvals'], { state: 'waiting' }, 5000),
  decided: () => infiniteQueryOptions({
    queryKey: ['approvals.list', { state: 'decided' }] as const,
    queryFn: async ({ pageParam, signal }): Promise<Result<'approvals.list'>> => call('approvals.list', pageParam === null ? { state: 'decided', limit: 100 } : { state: 'decided', limit: 100, before: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    meta: { topics: ['approvals'] satisfies HintTopic[] },
  }),
  get: (id: string) => ask('approvals.get', ['approvals'], { id }),
};

export const grantQueries = {
  list: (filter: Params<'grants.list'>) => ask('grants.list', ['grants'], filter),
};

/** What changes access besides hints of its own: grants that were read, and agents that were stitched or renamed. */
const accessTopics = ['access', 'grants', 'agents'] as const satisfies readonly HintTopic[];
type MatrixAsked = Omit<Params<'access.matrix'>, 'before'>;

export const accessQueries = {
  summary: (unusedDays: number) => ask('access.summary', accessTopics, { unusedDays }),
  matrix: (asked: MatrixAsked) => infiniteQueryOptions({
    queryKey: ['access.matrix', asked] as const,
    queryFn: async ({ pageParam, signal }): Promise<Result<'access.matrix'>> => call('access.matrix', pageParam === null ? asked : { ...asked, before: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    // A chip that is pressed must not empty the screen while the answer comes.
    placeholderData: keepPreviousData,
    meta: { topics: [...accessTopics] },
  }),
  /** The cell before stays until the next one is read: whoever walks through cells sees no empty pane between them. */
  cell: (asked: Params<'access.cell'>) => queryOptions({
    queryKey: ['access.cell', asked] as const,
    queryFn: async ({ signal }): Promise<Result<'access.cell'>> => call('access.cell', asked, { signal }),
    placeholderData: keepPreviousData,
    meta: { topics: [...accessTopics, 'activity'] satisfies HintTopic[] },
  }),
  grant: (id: string) => ask('grants.get', accessTopics, { id }),
  findings: (filter: Omit<Params<'access.findings'>, 'before'>) => infiniteQueryOptions({
    queryKey: ['access.findings', filter] as const,
    queryFn: async ({ pageParam, signal }): Promise<Result<'access.findings'>> => call('access.findings', pageParam === null ? filter : { ...filter, before: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    meta: { topics: [...accessTopics] },
  }),
  drift: (filter: Omit<Params<'access.drift'>, 'before'>) => infiniteQueryOptions({
    queryKey: ['access.drift', filter] as const,
    queryFn: async ({ pageParam, signal }): Promise<Result<'access.drift'>> => call('access.drift', pageParam === null ? filter : { ...filter, before: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    meta: { topics: [...accessTopics] },
  }),
  baseline: (agentId: string) => ask('access.baseline', accessTopics, { agentId }),
  documents: () => ask('access.documents', accessTopics, {}),
  document: (id: string) => ask('access.document', accessTopics, { id }),
  proposal: (asked: Params<'access.proposal'>) => queryOptions({
    queryKey: ['access.proposal', asked] as const,
    queryFn: async ({ signal }): Promise<Result<'access.proposal'>> => call('access.proposal', asked, { signal }),
    // A proposal that is being read must not change under the reader: no hint makes it old.
    staleTime: Infinity,
    gcTime: 0,
    meta: { topics: [] },
  }),
};

export const graphQueries = {
  /** Who calls whom in the period; `focus`: only what is so many `hops` around it. */
  graph: (period: AskedPeriod, rest: FilterOf<'access.graph'>) => askIn('access.graph', ['access', 'activity', 'agents'], period, rest),
  reach: (agentId: string) => ask('access.reach', ['access', 'grants', 'agents'], { agentId }),
};

export const identityQueries = {
  card: (agentId: string) => ask('identity.card', ['access', 'agents'], { agentId }),
  activity: (id: string) => ask('identity.activity', ['access', 'activity'], { id }),
};

/** What changes money besides hints of its own: outcomes of tasks. */
const costTopics = ['cost', 'tasks'] as const satisfies readonly HintTopic[];

export const costQueries = {
  summary: (period: AskedPeriod) => askIn('cost.summary', costTopics, period, {}),
  rows: (period: AskedPeriod, rest: FilterOf<'cost.rows'>) => askIn('cost.rows', costTopics, period, rest),
  trend: (period: AskedPeriod, rest: FilterOf<'cost.trend'>) => askIn('cost.trend', costTopics, period, rest),
  explain: (activityId: string) => ask('cost.explain', ['cost'], { activityId }),
  reconciliation: (period: AskedPeriod, rest: FilterOf<'cost.reconciliation'>) => askIn('cost.reconciliation', costTopics, period, rest),
  bills: () => ask('cost.bills', ['cost'], {}),
};

/** What changes how a budget stands: its limits and events, and any money. */
const budgetTopics = ['budgets', 'cost'] as const satisfies readonly HintTopic[];

export const budgetQueries = {
  list: () => ask('budgets.list', budgetTopics, {}),
  events: (budgetId: string) => infiniteQueryOptions({
    queryKey: ['budgets.events', budgetId] as const,
    queryFn: async ({ pageParam, signal }): Promise<Result<'budgets.events'>> => call('budgets.events', { budgetId, limit: 100, ...(pageParam === null ? {} : { before: pageParam }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    meta: { topics: ['budgets'] satisfies HintTopic[] },
  }),
  /** The answer before stays while the next one is read: whoever types sees no empty pane between two letters. No hint makes it old. */
  preview: (draft: Params<'budgets.preview'>['draft'] | null) => queryOptions({
    queryKey: ['budgets.preview', draft] as const,
    queryFn: draft === null ? skipToken : async ({ signal }): Promise<Result<'budgets.preview'>> => call('budgets.preview', { draft }, { signal }),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    meta: { topics: [] },
  }),
};

export const priceQueries = {
  book: () => ask('prices.book', ['cost'], {}),
  list: (filter: Omit<Params<'prices.list'>, 'after'>) => infiniteQueryOptions({
    queryKey: ['prices.list', filter] as const,
    queryFn: async ({ pageParam, signal }): Promise<Result<'prices.list'>> => call('prices.list', { ...filter, after: pageParam }, { signal }),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const read = pages.reduce((sum, page) => sum + page.rows.length, 0);
      return last.rows.length > 0 && read < last.total ? read : null;
    },
    placeholderData: keepPreviousData,
    meta: { topics: ['cost'] satisfies HintTopic[] },
  }),
  unpriced: () => ask('prices.unpriced', ['cost'], {}),
  history: (id: string) => ask('prices.history', ['cost'], { id }),
};

export const alertQueries = {
  list: (asked: Omit<Params<'alerts.list'>, 'before'>) => infiniteQueryOptions({
    queryKey: ['alerts.list', asked, 'pages'] as const,
    queryFn: async ({ pageParam, signal }): Promise<Result<'alerts.list'>> => call('alerts.list', pageParam === null ? asked : { ...asked, before: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    meta: { topics: ['alerts'] satisfies HintTopic[] },
  }),
  /** Those that nobody has acknowledged, newest first: what is said aloud, and the counts. */
  open: () => ask('alerts.list', ['alerts'], { state: 'open', limit: 50 }, 10_000),
  get: (id: string) => ask('alerts.get', ['alerts'], { id }),
  rules: () => ask('alerts.rules', ['alerts'], {}),
  targets: () => ask('targets.list', ['alerts'], {}, 5000),
  deliveries: (targetId: string) => infiniteQueryOptions({
    queryKey: ['targets.deliveries', targetId] as const,
    queryFn: async ({ pageParam, signal }): Promise<Result<'targets.deliveries'>> => call('targets.deliveries', { targetId, limit: 100, ...(pageParam === null ? {} : { before: pageParam }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: 5000,
    meta: { topics: ['alerts'] satisfies HintTopic[] },
  }),
};

export const auditQueries = {
  list: (filter: Omit<Params<'audit.list'>, 'before'> = {}) => infiniteQueryOptions({
    queryKey: ['audit.list', filter] as const,
    queryFn: async ({ pageParam, signal }): Promise<Result<'audit.list'>> => call('audit.list', pageParam === null ? filter : { ...filter, before: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    meta: { topics: ['audit'] satisfies HintTopic[] },
  }),
  get: (id: string) => ask('audit.get', ['audit'], { id }),
  facets: () => ask('audit.facets', ['audit'], {}),
  /** A check tells how far it is only when it is asked. */
  status: () => queryOptions({ ...ask('audit.status', ['audit'], {}), refetchInterval: (query: { state: { data: Result<'audit.status'> | undefined } }) => (query.state.data?.check.state === 'running' ? 1000 : 60_000) }),
  keys: () => ask('audit.keys', ['audit'], {}),
  proof: (id: string) => ask('activity.proof', ['audit', 'activity'], { id }),
};

export const reportQueries = {
  /** The answer before stays while the next one is counted. No hint makes it old: counts must not change while somebody reads them. */
  preview: (spec: Params<'reports.preview'> | null) => queryOptions({
    queryKey: ['reports.preview', spec] as const,
    queryFn: spec === null ? skipToken : async ({ signal }): Promise<Result<'reports.preview'>> => call('reports.preview', spec, { signal }),
    placeholderData: keepPreviousData,
    gcTime: 30_000,
    meta: { topics: [] },
  }),
  jobs: () => queryOptions({ ...ask('reports.jobs', ['reports'], { limit: 20 }), refetchInterval: (query: { state: { data: Result<'reports.jobs'> | undefined } }) => (query.state.data?.rows.some((job) => job.state === 'waiting' || job.state === 'running') === true ? 500 : 30_000) }),
  templates: () => ask('reports.templates', ['reports'], {}),
  document: (spec: Params<'reports.document'>) => ask('reports.document', [], spec),
};

export const stopQueries = {
  /** Asked again by itself as well: an order that runs must not depend on a hint that was missed. */
  open: () => ask('stop.list', ['stop'], { state: 'open', limit: 1000 }, 3000),
  ended: (agentId: string | null = null) => infiniteQueryOptions({
    queryKey: ['stop.list', { state: 'ended', agentId }] as const,
    queryFn: async ({ pageParam, signal }): Promise<Result<'stop.list'>> => call('stop.list', { state: 'ended', limit: 200, ...(agentId === null ? {} : { agentId }), ...(pageParam === null ? {} : { before: pageParam }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    meta: { topics: ['stop'] satisfies HintTopic[] },
  }),
  /** the newest of all, for choosing one. */
  all: () => ask('stop.list', ['stop'], { state: 'all', limit: 1000 }),
  /** orders of one agent that are not ended. */
  openOf: (agentId: string) => ask('stop.list', ['stop'], { state: 'open', agentId, limit: 20 }),
  get: (id: string) => ask('stop.get', ['stop'], { id }, 3000),
  certificate: (id: string) => ask('stop.certificate', ['stop'], { id }),
  standing: () => ask('stop.standing', ['stop'], {}, 3000),
  readiness: () => ask('stop.readiness', ['stop', 'agents', 'connections', 'settings'], {}),
  drills: (agentId: string | null) => ask('stop.drills', ['stop'], { limit: 1000, ...(agentId === null ? {} : { agentId }) }),
  tags: () => ask('tags.list', ['agents', 'stop'], {}),
  rules: () => ask('stop.rules', ['stop'], {}),
  firings: () => infiniteQueryOptions({
    queryKey: ['stop.firings'] as const,
    queryFn: async ({ pageParam, signal }): Promise<Result<'stop.firings'>> => call('stop.firings', { limit: 100, ...(pageParam === null ? {} : { before: pageParam }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    meta: { topics: ['stop'] satisfies HintTopic[] },
  }),
};

export const operatorQueries = {
  list: () => ask('operators.list', ['settings', 'stop'], {}),
};

export const connectionQueries = {
  list: () => ask('connections.list', ['connections', 'status'], {}),
};

export const settingsQueries = {
  get: () => ask('settings.get', ['settings'], {}),
};

/** Nothing of it is told while it happens but by its job: a job that runs is asked often. */
export const retentionQueries = {
  policies: () => ask('retention.policies', ['retention', 'settings', 'connections'], {}),
  preview: (what: Params<'retention.preview'>) => ask('retention.preview', ['retention'], what),
  holds: (lifted: boolean) => ask('holds.list', ['retention'], { lifted }),
  chores: () => queryOptions({ ...ask('retention.chores', ['retention'], { limit: 5 }), refetchInterval: (query: { state: { data: Result<'retention.chores'> | undefined } }) => (query.state.data?.rows.some((one) => one.state === 'waiting' || one.state === 'running') === true ? 500 : 60_000) }),
  erasures: () => ask('erasure.list', ['retention'], { limit: 20 }),
  disk: () => queryOptions({ ...ask('retention.disk', [], {}), staleTime: 60_000 }),
};
