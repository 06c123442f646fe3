import { useQuery } from '@tanstack/react-query';
import { systemQueries } from '../../api/queries.ts';
import { AlarmLine, alarmsInOrder } from '../../app/alarm-banners.tsx';
import { ScreenHead } from '../../app/screen-head.tsx';
import { ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { DemoPanel } from './demo-panel.tsx';
import { DiskPanel } from './disk-panel.tsx';
import { GuardPanel } from './guard-panel.tsx';
import { AboutPanel, DataPanel, ReceiverPanel } from './machine-panels.tsx';
import { KillSwitchPanel } from './kill-switch-panel.tsx';
import { AppearancePanel, ApprovalsPanel, ContentPanel } from './look-panels.tsx';
import { RetentionPanel } from './retention-panel.tsx';
import { useSettings } from './use-settings.ts';
import classes from './settings.module.css';

export default function SettingsScreen() {
  const { query, change } = useSettings();
  const { data: status } = useQuery(systemQueries.status());
  const alarms = alarmsInOrder(status?.alarms ?? []);
  return (
    <>
      <ScreenHead title="Settings" context="kept by the engine, on this machine" />
      {change.error !== null && <ErrorBlock error={change.error} what="The setting was not changed." kept="The old value stands." />}
      {alarms.length > 0 && <section aria-label="Alarms" className={classes.column}>{alarms.map((alarm) => <AlarmLine key={alarm.id} alarm={alarm} />)}</section>}
      <div className={classes.grid}>
        <div className={classes.column}>
          <FromQuery query={query} what="Reading settings" failed="The settings could not be read.">
            {(settings) => (
              <Changes block>
                <AppearancePanel settings={settings} change={change} />
                <ApprovalsPanel settings={settings} change={change} />
                <KillSwitchPanel settings={settings} change={change} />
                <RetentionPanel settings={settings} change={change} />
                <ContentPanel settings={settings} change={change} />
                <ReceiverPanel settings={settings} change={change} status={status} />
              </Changes>
            )}
          </FromQuery>
        </div>
        <div className={classes.column}>
          <GuardPanel />
          <DataPanel status={status} />
          <DiskPanel />
          <Changes block><DemoPanel /></Changes>
          <AboutPanel status={status} />
        </div>
      </div>
    </>
  );
}
