import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import './app/fonts.css';
// Before Mantine: the first layer that is named is the weakest.
import './app/base.css';
import './app/mantine.css';
import { favours } from './api/client.ts';
import { onGuard, useGuard } from './api/guard.ts';
import { startHints } from './api/hints.ts';
import { queryClient } from './api/query-client.ts';
import { startKeys } from './app/keys.ts';
import { applyColourScheme, useColourScheme } from './app/settings.ts';
import { Shell } from './app/shell.tsx';
import { adoptThemeVariables, theme } from './app/theme.ts';
import { LockScreen } from './features/guard/lock-screen.tsx';
import { provideClipboard } from './ui/copy-button.tsx';
import { setReadOnly } from './ui/read-only.ts';

/** The place of the hidden window that a certificate or report is printed from: paper is light, and nobody types there. */
const [, paper, printed] = /^#\/(certificate|report)\/([^/?]+)$/.exec(location.hash) ?? [];
const CertificatePrint = lazy(async () => import('./features/stop/certificate-print.tsx'));
const ReportPrint = lazy(async () => import('./features/audit/report-print.tsx'));

adoptThemeVariables(document);
if (printed === undefined) {
  applyColourScheme();
  provideClipboard(favours.copyText);
  onGuard((state) => setReadOnly(state?.auditor.on ?? false));
  startHints();
  startKeys(window);
} else {
  document.documentElement.setAttribute('data-mantine-color-scheme', 'light');
  document.documentElement.dataset['printed'] = '';
}

function App() {
  return (
    <MantineProvider theme={theme} withCssVariables={false} withGlobalClasses={false} forceColorScheme={useColourScheme()}>
      <QueryClientProvider client={queryClient}>
        <Room />
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** SECURITY: a locked window shows the lock and nothing beside it; until main has said whether it is, nothing at all. */
function Room() {
  const guard = useGuard();
  if (guard === null) return null;
  return guard.lock.locked ? <LockScreen /> : <Shell />;
}

function Paper({ of, what }: { of: string; what: string | undefined }) {
  return <QueryClientProvider client={queryClient}><Suspense fallback={null}>{what === 'report' ? <ReportPrint asked={of} /> : <CertificatePrint id={of} />}</Suspense></QueryClientProvider>;
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(<StrictMode>{printed === undefined ? <App /> : <Paper of={decodeURIComponent(printed)} what={paper} />}</StrictMode>);
