import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { systemQueries } from '../../api/queries.ts';
import type { ScreenProps } from '../../app/routes.tsx';
import { ScreenHead } from '../../app/screen-head.tsx';
import { ErrorBlock, Loading } from '../../ui/blocks.tsx';

// Begun at once: whether anything is connected is known a moment later, and nearly always something is.
const overview = import('../overview/overview-screen.tsx');
const Overview = lazy(async () => overview);
const FirstRun = lazy(async () => ({ default: (await import('./first-run.tsx')).FirstRun }));

/** The Overview, or how to begin while nothing is connected. */
export default function OverviewOrFirstRun(_props: ScreenProps) {
  const status = useQuery(systemQueries.status());
  const waiting = <Loading what="Opening the overview" rows={8} />;
  if (status.data === undefined) {
    return (
      <>
        <ScreenHead title="Overview" />
        {status.error === null ? waiting : <ErrorBlock error={status.error} what="The engine does not answer." retry={() => { void status.refetch(); }} />}
      </>
    );
  }
  if (status.data.connections > 0) return <Suspense fallback={waiting}><Overview /></Suspense>;
  return <><ScreenHead title="Overview" /><Suspense fallback={waiting}><FirstRun /></Suspense></>;
}
