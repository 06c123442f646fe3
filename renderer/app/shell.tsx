/** The frame that every screen stands in: sidebar, header, content, status bar, and what may lie above them. */
import { Suspense, useLayoutEffect, useRef, useState } from 'react';
import { AuditorBanner } from '../features/guard/auditor-banner.tsx';
import { Loading } from '../ui/blocks.tsx';
import { TipLayer } from '../ui/tip.tsx';
import { AlarmBanners } from './alarm-banners.tsx';
import { useAlertVoice } from './alert-voice.ts';
import { EngineBanner } from './engine-banner.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Header } from './header.tsx';
import { LiveRegion } from './live-region.tsx';
import { placeHash, usePlace } from './navigation.ts';
import { NoticeBanner } from './notice-banner.tsx';
import { Overlays } from './overlays.tsx';
import { routes } from './routes.tsx';
import { HeadSlot } from './screen-head.tsx';
import { useSettingsFollower } from './settings.ts';
import { useShellKeys } from './shell-keys.ts';
import { Sidebar } from './sidebar.tsx';
import { StatusBar } from './status-bar.tsx';
import { useStopVoice } from './stop-voice.ts';
import classes from './shell.module.css';

export function Shell() {
  const place = usePlace();
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const main = useRef<HTMLElement | null>(null);
  useSettingsFollower();
  useShellKeys();
  useStopVoice();
  useAlertVoice();
  const Screen = routes[place.screen].screen;
  // Of lists the identifier is only the chosen row: walking down them goes nowhere else.
  const opened = place.screen === 'agent' || place.screen === 'stop' ? `${place.screen}/${place.id ?? ''}` : place.screen;
  // What scrolls is this frame, and it outlives the screens: a screen would begin where the one before was left, with the worst that it has to say out of sight.
  useLayoutEffect(() => { main.current?.scrollTo({ top: 0 }); }, [opened]);
  return (
    <HeadSlot.Provider value={slot}>
      <div className={classes.shell}>
        <Sidebar onSkip={() => main.current?.focus()} />
        <Header slotRef={setSlot} place={place} />
        <main ref={main} id="main" className={classes.main} tabIndex={-1} data-region aria-label={routes[place.screen].title}>
          <AuditorBanner />
          <EngineBanner />
          <NoticeBanner />
          {place.screen !== 'settings' && <AlarmBanners />}
          <ErrorBoundary title={routes[place.screen].title} place={placeHash({ screen: place.screen, id: place.id })}>
            <Suspense fallback={<Loading what={`Opening ${routes[place.screen].title}`} rows={8} />}>
              <Screen key={place.screen === 'agent' ? `agent/${place.id ?? ''}` : place.screen} id={place.id} />
            </Suspense>
          </ErrorBoundary>
        </main>
        <StatusBar />
      </div>
      <Overlays />
      <TipLayer />
      <LiveRegion />
    </HeadSlot.Provider>
  );
}
