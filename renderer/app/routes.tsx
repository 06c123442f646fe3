/** The route table: each screen is one lazy component. A screen stands here only once it exists. */
import { IconActivity, IconAlertTriangle, IconBell, IconCoin, IconFileCertificate, IconHandStop, IconLayoutDashboard, IconLockAccess, IconPlug, IconRobot, IconSettings, IconUserCheck, type TablerIcon } from '@tabler/icons-react';
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { ScreenId } from './navigation.ts';

/** Every screen gets the identifier of its place; screens without one ignore it. */
export interface ScreenProps { id: string | null }

interface Route {
  title: string;
  screen: LazyExoticComponent<ComponentType<ScreenProps>>;
  /** sidebar entry; null: reached from another screen. */
  nav: { letter: string; icon: TablerIcon } | null;
  /** which sidebar entry is lit. */
  under: ScreenId;
  /** whether the period in the header means anything here; some screens have parts for which it does. */
  hasPeriod: boolean | ((params: Readonly<Record<string, string>>) => boolean);
}

export const routes: Record<ScreenId, Route> = {
  overview: { title: 'Overview', screen: lazy(async () => import('../features/first-run/overview-or-first-run.tsx')), nav: { letter: 'o', icon: IconLayoutDashboard }, under: 'overview', hasPeriod: true },
  live: { title: 'Live', screen: lazy(async () => import('../features/live/live-screen.tsx')), nav: { letter: 'l', icon: IconActivity }, under: 'live', hasPeriod: false },
  agents: { title: 'Agents', screen: lazy(async () => import('../features/agents/agents-screen.tsx')), nav: { letter: 'a', icon: IconRobot }, under: 'agents', hasPeriod: true },
  agent: { title: 'Agent', screen: lazy(async () => import('../features/agent/agent-screen.tsx')), nav: null, under: 'agents', hasPeriod: true },
  approvals: { title: 'Approvals', screen: lazy(async () => import('../features/approvals/approvals-screen.tsx')), nav: { letter: 'p', icon: IconUserCheck }, under: 'approvals', hasPeriod: false },
  access: { title: 'Access', screen: lazy(async () => import('../features/access/access-screen.tsx')), nav: { letter: 'x', icon: IconLockAccess }, under: 'access', hasPeriod: (params) => params['by'] === 'graph' },
  cost: { title: 'Cost', screen: lazy(async () => import('../features/cost/cost-screen.tsx')), nav: { letter: 'c', icon: IconCoin }, under: 'cost', hasPeriod: (params) => params['tab'] !== 'prices' && params['tab'] !== 'budgets' },
  failures: { title: 'Failures', screen: lazy(async () => import('../features/failures/failures-screen.tsx')), nav: { letter: 'f', icon: IconAlertTriangle }, under: 'failures', hasPeriod: true },
  alerts: { title: 'Alerts', screen: lazy(async () => import('../features/alerts/alerts-screen.tsx')), nav: { letter: 'i', icon: IconBell }, under: 'alerts', hasPeriod: false },
  stop: { title: 'Stop orders', screen: lazy(async () => import('../features/stop/stop-screen.tsx')), nav: { letter: 's', icon: IconHandStop }, under: 'stop', hasPeriod: false },
  audit: { title: 'Audit', screen: lazy(async () => import('../features/audit/audit-screen.tsx')), nav: { letter: 'u', icon: IconFileCertificate }, under: 'audit', hasPeriod: false },
  connections: { title: 'Connections', screen: lazy(async () => import('../features/connections/connections-screen.tsx')), nav: { letter: 'n', icon: IconPlug }, under: 'connections', hasPeriod: false },
  settings: { title: 'Settings', screen: lazy(async () => import('../features/settings/settings-screen.tsx')), nav: { letter: ',', icon: IconSettings }, under: 'settings', hasPeriod: false },
};

/** In the order of the sidebar. */
export const navigation: readonly ScreenId[] = ['overview', 'live', 'agents', 'approvals', 'access', 'cost', 'failures', 'alerts', 'stop', 'audit', 'connections', 'settings'];
