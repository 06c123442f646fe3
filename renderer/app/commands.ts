/** What the palette can do. Each command says what it does before it does it; none of them stops or deletes anything by itself: a stop opens its plan. */
import type { TablerIcon } from '@tabler/icons-react';
import { IconAlertTriangle, IconBell, IconBellCog, IconCoin, IconContrast, IconEyeCheck, IconFileCertificate, IconFileImport, IconFolder, IconGauge, IconHandStop, IconKeyboard, IconLayoutSidebar, IconListDetails, IconListSearch, IconLock, IconLayoutSidebarRight, IconPlayerPlay, IconPlayerStop, IconPlus, IconReceiptDollar, IconRefresh, IconClock, IconShieldCheck, IconUserCheck } from '@tabler/icons-react';
import { call, demoNow, engineReady, favours } from '../api/client.ts';
import { guard, guardNow } from '../api/guard.ts';
import { demoFleet } from '../api/demo-fleet.ts';
import { queryClient } from '../api/query-client.ts';
import { settingsQueries } from '../api/queries.ts';
import { readOnlyNow } from '../ui/read-only.ts';
import { inertString } from '../ui/agent-text.ts';
import type { Settings } from '../../shared/domain.ts';
import { go } from './navigation.ts';
import { attempt } from './notices.ts';
import { showOverlay } from './overlay-state.ts';
import { setSpan, spans, spanWords } from './period.ts';
import { openStopChooser, openStopPlan, stopChoiceNow, stopOfEverything } from './stop-choice.ts';
import { detailStored, railStored } from './sidebar-state.ts';

export interface Command { id: string; title: string; context: string; keys?: string; icon: TablerIcon; /** leads to a stop plan. */ stop?: boolean; /** leads to nothing but a change or a stop: not offered in auditor mode. */ changes?: boolean; run: () => void }

async function setTheme(theme: Settings['theme']): Promise<void> {
  const settings = await call('settings.set', { theme });
  queryClient.setQueryData(settingsQueries.get().queryKey, settings);
}

function themeCommand(theme: Settings['theme'], title: string): Command {
  return { id: `theme-${theme}`, changes: true, title, context: 'theme', icon: IconContrast, run: () => attempt('The theme was not changed.', setTheme(theme)) };
}

const stopContext = 'opens the plan, stops nothing yet';

/** Asked before the palette opens: what is chosen on the screen below it. */
function stopCommands(): Command[] {
  const choice = stopChoiceNow();
  const chosen: Command[] = choice?.kind !== 'one' ? [] : [{ id: 'stop-chosen', changes: true, title: `Stop ${inertString(choice.ask.name, 60)}…`, context: `chosen here; ${stopContext}`, icon: IconHandStop, stop: true, run: () => openStopPlan(choice.ask) }];
  return [
    ...chosen,
    { id: 'stop-ask', changes: true, title: 'Stop an agent, a tag or a connection…', context: 'asks which, then opens the plan', icon: IconHandStop, stop: true, run: () => openStopChooser() },
    { id: 'stop-everything', changes: true, title: 'Stop everything…', context: stopContext, icon: IconHandStop, stop: true, run: () => openStopPlan(stopOfEverything) },
  ];
}

/** A budget is only written down by its own dialog. */
function budgetCommands(): Command[] {
  const choice = stopChoiceNow();
  const scope = choice?.kind === 'one' ? choice.ask.scope : null;
  const chosen: Command[] = choice?.kind !== 'one' || scope?.kind !== 'agent' ? [] : [{ id: 'budget-chosen', changes: true, title: `New budget for ${inertString(choice.ask.name, 60)}…`, context: 'the agent chosen here', icon: IconGauge, run: () => go({ screen: 'cost', params: { tab: 'budgets', budget: 'new', for: `agent:${scope.id}` } }) }];
  return [
    ...chosen,
    { id: 'budget-new', changes: true, title: 'New budget…', context: 'soft and hard limits on spending; shows what it would have done', icon: IconGauge, run: () => go({ screen: 'cost', params: { tab: 'budgets', budget: 'new' } }) },
    { id: 'budgets', title: 'Budgets', context: 'what was spent of each, the worst first', icon: IconGauge, run: () => go({ screen: 'cost', params: { tab: 'budgets' } }) },
  ];
}

/** Made anew each time the palette opens: some depend on what runs. */
export function commandsNow(): Command[] {
  const demoRuns = demoNow().state === 'running' || demoNow().state === 'starting';
  const commands: Command[] = [
    { id: 'add-connection', changes: true, title: 'Add connection…', context: 'OpenTelemetry, LangGraph, A2A, MCP', icon: IconPlus, run: () => go({ screen: 'connections', params: { add: '1' } }) },
    { id: 'answer', changes: true, title: 'Answer what waits for a person', context: 'the worst effect first', icon: IconUserCheck, run: () => go({ screen: 'approvals' }) },
    { id: 'import-grants', changes: true, title: 'Import a grant document…', context: 'IAM, Cedar, scopes, roles, tools; asks before it keeps anything', icon: IconFileImport, run: () => go({ screen: 'access', params: { tab: 'documents', import: '1' } }) },
    { id: 'findings', title: 'Findings about access', context: 'wildcards, unused power, borrowed and shared credentials', icon: IconListSearch, run: () => go({ screen: 'access', params: { tab: 'findings' } }) },
    { id: 'failures-open', title: 'Failures that are open', context: 'new and come back first', icon: IconAlertTriangle, run: () => go({ screen: 'failures', params: { show: 'open' } }) },
    { id: 'failures-all', title: 'Every group of failures', context: 'snoozed and resolved ones too', icon: IconAlertTriangle, run: () => go({ screen: 'failures', params: { show: 'all' } }) },
    { id: 'alerts-active', title: 'Alerts that are not over', context: 'open and acknowledged', icon: IconBell, run: () => go({ screen: 'alerts', params: { show: 'active' } }) },
    { id: 'alert-rules', title: 'Alert rules', context: 'what is watched, and who is told', icon: IconBellCog, run: () => go({ screen: 'alerts', params: { tab: 'rules' } }) },
    { id: 'alert-rule-add', changes: true, title: 'Add an alert rule…', context: 'asks what to watch for', icon: IconPlus, run: () => go({ screen: 'alerts', params: { tab: 'rules', add: '1' } }) },
    { id: 'alert-targets', title: 'Alert targets and their queues', context: 'where alerts are delivered, and what waits', icon: IconBellCog, run: () => go({ screen: 'alerts', params: { tab: 'targets' } }) },
    { id: 'alert-target-add', changes: true, title: 'Add an alert target…', context: 'desktop, webhook, Slack, e-mail or syslog', icon: IconPlus, run: () => go({ screen: 'alerts', params: { tab: 'targets', add: '1' } }) },
    ...budgetCommands(),
    { id: 'unpriced', title: 'Price what has no price', context: 'models that were used and are not in the price book', icon: IconCoin, run: () => go({ screen: 'cost', params: { tab: 'prices' } }) },
    { id: 'import-bill', changes: true, title: 'Import a bill…', context: 'FOCUS or CSV, beside what we know; asks before it keeps anything', icon: IconReceiptDollar, run: () => go({ screen: 'cost', params: { tab: 'reconciliation', bill: '1' } }) },
    ...stopCommands(),
    ...guardCommands(),
    demoRuns
      ? { id: 'stop-demo', changes: true, title: 'Stop the demo fleet', context: 'the pretend agents end; their history stays', icon: IconPlayerStop, run: () => attempt('The demo fleet did not stop.', demoFleet.stop()) }
      : { id: 'start-demo', changes: true, title: 'Start the demo fleet', context: 'pretend agents on this machine', icon: IconPlayerPlay, run: () => attempt('The demo fleet did not start.', demoFleet.start()) },
    ...spans.map((span): Command => ({ id: `span-${span}`, title: `Period: ${spanWords[span].toLowerCase()}`, context: 'on every screen', icon: IconClock, run: () => setSpan(span) })),
    themeCommand('system', 'Theme: as the system'),
    themeCommand('light', 'Theme: light'),
    themeCommand('dark', 'Theme: dark'),
    { id: 'sidebar', title: 'Sidebar as rail, or whole', context: '', keys: 'mod+b', icon: IconLayoutSidebar, run: () => railStored.set(!railStored.get()) },
    { id: 'detail', title: 'Show or hide the detail pane', context: '', keys: 'mod+\\', icon: IconLayoutSidebarRight, run: () => detailStored.set(!detailStored.get()) },
    { id: 'keys', title: 'Keys of this screen', context: '', keys: '?', icon: IconKeyboard, run: () => showOverlay('keys') },
    { id: 'report', title: 'Write a report…', context: 'asks what goes into it, then where to write it', icon: IconFileCertificate, run: () => go({ screen: 'audit' }) },
    { id: 'audit', title: 'Audit log: decisions and changes', context: 'the log of what people and the console did', icon: IconListDetails, run: () => go({ screen: 'audit', params: { view: 'log' } }) },
    { id: 'audit-check', title: 'Check the audit chain', context: 'reads the whole log and every seal; changes nothing', icon: IconShieldCheck, run: () => { go({ screen: 'audit' }); attempt('The audit log was not checked.', call('audit.check', {})); } },
    { id: 'data-folder', title: 'Open the data folder', context: 'in the file manager', icon: IconFolder, run: () => attempt('The data folder was not opened.', favours.openDataFolder()) },
  ];
  if (!engineReady()) commands.unshift({ id: 'restart-engine', title: 'Restart the engine', context: 'it is away', icon: IconRefresh, run: () => attempt('The engine was not started.', favours.restartEngine()) });
  return readOnlyNow() ? commands.filter(({ changes }) => changes !== true) : commands;
}

function guardCommands(): Command[] {
  const state = guardNow();
  if (state === null) return [];
  const { lock, auditor } = state;
  const mode: Command[] = auditor.whole ? [] : [{ id: 'auditor-mode', title: auditor.on ? 'Leave auditor mode…' : 'Auditor mode…', context: auditor.on ? 'asks the passphrase where a lock is set' : 'this window only reads; the engine goes on', icon: IconEyeCheck, run: () => showOverlay('auditor') }];
  const now: Command[] = lock.set ? [{ id: 'lock-now', title: 'Lock now', context: 'the window shows nothing until it is unlocked', keys: 'mod+shift+l', icon: IconLock, run: () => attempt('The window was not locked.', guard.lockNow()) }] : [{ id: 'lock-set', title: 'Set a lock…', context: 'in Settings', icon: IconLock, run: () => go({ screen: 'settings' }) }];
  return [...mode, ...now];
}
