import { Button } from '@mantine/core';
import { IconFolder } from '@tabler/icons-react';
import { useState } from 'react';
import type { SystemStatus } from '../../../shared/contract.ts';
import { favours, useEngineState, versions } from '../../api/client.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatBytes, plural } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Running } from '../../ui/time.tsx';
import { LicencesDialog } from './licences-dialog.tsx';
import { Setting } from './setting.tsx';
import type { SectionProps } from './use-settings.ts';
import classes from './settings.module.css';

const portOf = (text: string): number | null => {
  const port = Number(text);
  return /^\d+$/.test(text) && port >= 1024 && port <= 65_535 ? port : null;
};

export function ReceiverPanel({ settings, change, status }: SectionProps & { status: SystemStatus | undefined }) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? String(settings.otlpPort);
  const port = portOf(text);
  const changed = port !== null && port !== settings.otlpPort;
  const save = (): void => {
    if (changed) change.mutate({ otlpPort: port }, { onSuccess: () => setTyped(null) });
  };
  const receiver = status?.receiver;
  const message = receiver?.message ?? null;
  return (
    <Panel title="OpenTelemetry receiver" aside={receiver === undefined ? undefined : receiver.state === 'listening' ? <StateBadge state={receiver.message === null ? 'healthy' : 'attention'} word={`Listening at ${receiver.host}:${receiver.port ?? '?'}`} /> : <StateBadge state="broken" word="Not listening" />}>
      {message !== null && <p className={classes.message}>{message}</p>}
      <Setting name="Port" says={port === null ? 'A port is a number from 1024 to 65535.' : 'This machine only (127.0.0.1). When it is taken the next free one is used, and said. Senders must be told the new address.'}>
        <form className={classes.inline} onSubmit={(event) => { event.preventDefault(); save(); }}>
          <input className={classes.port} inputMode="numeric" aria-label="Port" aria-invalid={port === null} value={text} onChange={(event) => setTyped(event.currentTarget.value.trim())} />
          <Button type="submit" disabled={!changed || change.isPending}>Change</Button>
        </form>
      </Setting>
    </Panel>
  );
}

export function DataPanel({ status }: { status: SystemStatus | undefined }) {
  const [error, setError] = useState<unknown>(null);
  const open = (): void => {
    setError(null);
    favours.openDataFolder().catch(setError);
  };
  return (
    <Panel title="Data folder" aside={status === undefined ? undefined : `schema ${status.schemaVersion}`}>
      <Setting name={status === undefined ? 'Not known yet' : `${formatBytes(status.historyBytes)} of history`}
        says={status === undefined ? 'The engine has not said yet.' : `${plural(status.activities, 'activity', 'activities')} in ${plural(status.tasks, 'task')}.${status.diskFreeBytes === null ? '' : ` ${formatBytes(status.diskFreeBytes)} free on this disk.`}`}>
        <Button leftSection={<IconFolder size={14} stroke={1.75} aria-hidden="true" />} onClick={open}>Open</Button>
      </Setting>
      {status !== undefined && <p className={classes.path}><code>{status.dataDir}</code><CopyButton value={status.dataDir} label="Copy path" /></p>}
      {error !== null && <ErrorBlock error={error} what="The folder was not opened." kept="The path stands above." />}
    </Panel>
  );
}

export function AboutPanel({ status }: { status: SystemStatus | undefined }) {
  const [licences, setLicences] = useState(false);
  const engine = useEngineState();
  const shell = versions();
  const lines: [string, string][] = [
    ['Gatehouse', shell.app], ['Engine', status?.engineVersion ?? 'not known'], ['Electron', shell.electron], ['Chromium', shell.chrome],
    ['Node (engine)', status?.node ?? 'not known'], ['SQLite', status?.sqlite ?? 'not known'],
  ];
  const all = lines.map(([name, version]) => `${name} ${version}`).join('\n');
  return (
    <Panel title="Versions" aside={<CopyButton value={all} label="Copy versions" />}
      foot={status === undefined ? undefined : <span>Engine up for <Running since={status.startedAt} words />, process {status.pid}{engine.restarts > 0 ? `, restarted ${plural(engine.restarts, 'time')} since the window opened` : ''}</span>}>
      <dl className={classes.versions}>{lines.map(([name, version]) => <div key={name}><dt>{name}</dt><dd><code>{version}</code></dd></div>)}</dl>
      <div className={classes.aboutFoot}><Button onClick={() => setLicences(true)}>Licences…</Button><span className={classes.says}>Apache-2.0. Nothing is sent anywhere: no telemetry of our own, no update check.</span></div>
      {licences && <LicencesDialog onClose={() => setLicences(false)} />}
    </Panel>
  );
}
