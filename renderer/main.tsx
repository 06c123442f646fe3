import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import './app/fonts.css';
// Before Mantine: the first layer that is named is the weakest.
import './app/base.css';
import './app/mantine.css';
import { favours } from './api/client.ts';
import { startHints } from './api/hints.ts';
import { queryClient } from './api/query-client.ts';
import { startKeys } from './app/keys.ts';
import { applyColourScheme, useColourScheme } from './app/settings.ts';
import { Shell } from './app/shell.tsx';
import { adoptThemeVariables, theme } from './app/theme.ts';
import { provideClipboard } from './ui/copy-button.tsx';

/** The place of the hidden window that a certificate is printed from: paper is light, and nobody types there. */
const printed = /^#\/certificate\/([^/?]+)$/.exec(location.hash)?.[1];
const CertificatePrint = lazy(async () => import('./features/stop/certificate-print.tsx'));

adoptThemeVariables(document);
if (printed === undefined) {
  applyColourScheme();
  provideClipboard(favours.copyText);
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
        <Shell />
      </QueryClientProvider>
    </MantineProvider>
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(<StrictMode>{printed === undefined ? <App /> : <QueryClientProvider client={queryClient}><Suspense fallback={null}><CertificatePrint id={decodeURIComponent(printed)} /></Suspense></QueryClientProvider>}</StrictMode>);
