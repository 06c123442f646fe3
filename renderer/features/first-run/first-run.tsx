import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useState } from 'react';
import { useDemoState, useEngineState } from '../../api/client.ts';
import { demoFleet } from '../../api/demo-fleet.ts';
import { systemQueries } from '../../api/queries.ts';
import { useKeys, type KeyBinding } from '../../app/keys.ts';
import { go } from '../../app/navigation.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { formatBytes } from '../../ui/format.ts';
import { Hatch } from '../../ui/hatch.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateShape, type State } from '../../ui/state-shapes.tsx';
import { GhostBars, GhostLine, GhostList, GhostTable } from './ghosts.tsx';
import { kindIcons } from '../connections/kind-icons.ts';
import { addKinds, addKindWords, type AddKind } from '../connections/kind-words.ts';
import classes from './first-run.module.css';

const connect = (kind: AddKind): void => go({ screen: 'connections', params: { add: kind } });

/** Starting takes a moment and can fail: both are said beside the button that was pressed. */
function useDemoButton(): { running: boolean; busy: boolean; text: string; error: unknown; toggle: () => void } {
  const demo = useDemoState();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const running = demo.state === 'running' || demo.state === 'starting';
  const toggle = (): void => {
    if (busy) return;
    setBusy(true);
    setError(null);
    (running ? demoFleet.stop() : demoFleet.start()).catch(setError).finally(() => setBusy(false));
  };
  return { running, busy, text: demo.text, error: error ?? (demo.state === 'failed' ? { message: demo.text } : null), toggle };
}

function Ready() {
  const engine = useEngineState();
  const { data: status } = useQuery(systemQueries.status());
  const lines: { state: State; className: string | undefined; text: string }[] = [
    engine.state === 'ready' ? { state: 'healthy', className: classes.ok, text: 'Engine running' } : { state: 'attention', className: classes.wait, text: engine.text },
  ];
  // While the engine is away nothing is known of the rest: no green from before.
  if (status !== undefined && engine.state === 'ready') {
    const { receiver } = status;
    lines.push({ state: 'healthy', className: classes.ok, text: `History open, ${formatBytes(status.historyBytes)}${status.diskFreeBytes === null ? '' : ` of ${formatBytes(status.diskFreeBytes)} free`}` });
    if (receiver.state === 'listening') {
      lines.push({ state: 'healthy', className: classes.ok, text: `Receiver listening at ${receiver.host}:${receiver.port ?? '?'}, this machine only` });
      if (receiver.message !== null) lines.push({ state: 'attention', className: classes.wait, text: receiver.message });
    } else lines.push({ state: 'broken', className: classes.stop, text: receiver.message ?? 'The receiver is not listening' });
  }
  return (
    <Panel title="Ready on this machine">
      <ul className={classes.ready}>{lines.map((line) => <li key={line.text} className={line.className}><StateShape state={line.state} />{line.text}</li>)}</ul>
    </Panel>
  );
}

const keys: readonly (readonly [string[], string])[] = [
  [['mod+k'], 'find or do anything'], [['g', 'a'], 'go to Agents; letters stand in the list'], [['?'], 'all keys of this screen'],
  [['j', 'k'], 'down, up in any list'], [['/'], 'filter the list'], [['[', ']'], 'earlier, later period'],
];

function Side() {
  return (
    <div className={classes.side}>
      <Ready />
      <Panel title="Good to know">
        <div className={classes.prose}>
          <p><strong>Nothing leaves this machine</strong> unless you export it or connect a runtime.</p>
          <p><strong>What could not be seen</strong> is drawn hatched, with the reason: <Hatch name="Not seen: an example" /></p>
          <p><strong>Empty is not healthy.</strong> Until an agent is connected, no screen says &ldquo;no failures&rdquo;.</p>
        </div>
      </Panel>
      <Panel fill title="Keys">
        <dl className={classes.keys}>
          {keys.map(([names, does]) => <div key={does}><dt>{names.map((name) => <Kbd key={name} keys={name} spoken />)}</dt><dd>{does}</dd></div>)}
        </dl>
      </Panel>
    </div>
  );
}

/** The Overview while nothing is connected: how to begin, and what will stand here. */
export function FirstRun() {
  const demo = useDemoButton();
  useKeys('Overview', [
    ...addKinds.map((kind, index): KeyBinding => ({ keys: String(index + 1), does: `connect: ${addKindWords[kind].title}`, changes: true, run: () => connect(kind) })),
    { keys: 'd', does: demo.running ? 'stop the demo fleet' : 'start the demo fleet', changes: true, run: demo.toggle },
  ]);
  return (
    <div className={classes.grid}>
      <section className={classes.main} aria-labelledby="first-run-title">
        <div className={classes.intro}>
          <h2 id="first-run-title" className={classes.title}>Nothing is connected yet</h2>
          <p>Gatehouse shows agents from the runtimes where they already work. Connect one to begin. Reading rights are enough to watch.</p>
        </div>
        <div className={classes.runtimes} role="table" aria-label="Runtimes">
          <div role="row" className={classes.headRow}><span role="columnheader">Runtime</span><span role="columnheader">What you get</span><span role="columnheader">You need</span><span role="columnheader"><span className="gh-visually-hidden">Act</span></span></div>
          {addKinds.map((kind, index) => {
            const Icon = kindIcons[kind];
            return (
              <div key={kind} role="row" className={classes.runtime}>
                <span role="cell" className={classes.runtimeName}><Icon size={18} stroke={1.75} aria-hidden="true" />{addKindWords[kind].title}</span>
                <span role="cell">{addKindWords[kind].gets}</span>
                <span role="cell" className={classes.need}>{addKindWords[kind].needs}</span>
                <span role="cell" className={classes.act}><Changes><Button {...(index === 0 ? { variant: 'filled', 'data-region-start': true } : {})} onClick={() => connect(kind)} rightSection={<Kbd keys={String(index + 1)} />}>Connect<span className="gh-visually-hidden"> {addKindWords[kind].title}</span></Button></Changes></span>
              </div>
            );
          })}
        </div>
        <div className={classes.demo}>
          <Changes><Button onClick={demo.toggle} disabled={demo.busy} rightSection={<Kbd keys="d" />}
            leftSection={demo.running ? <IconPlayerStop size={14} stroke={1.75} aria-hidden="true" /> : <IconPlayerPlay size={14} stroke={1.75} aria-hidden="true" />}>
            {demo.running ? 'Stop the demo fleet' : 'Start the demo fleet'}
          </Button></Changes>
          <span className={classes.muted}>{demo.running ? `${demo.text} Its first records are on their way.` : '8 pretend agents on this machine, their connections marked “demo”. They can be stopped and removed at any time.'}</span>
        </div>
        {demo.error !== null && <div className={classes.demoError}><ErrorBlock error={demo.error} what="The demo fleet did not start." kept="Nothing else was changed." retry={demo.toggle} /></div>}
        <div className={classes.preview}>
          <h3 className={classes.previewTitle}>Overview will show</h3>
          <div className={classes.ghosts}>
            <div className={classes.ghost}><h4>What needs you</h4><p>approvals, failures, gaps</p><GhostList /></div>
            <div className={classes.ghost}><h4>Activity over time</h4><p>by connection, with what could not be seen</p><GhostBars /></div>
            <div className={classes.ghost}><h4>Spend over time</h4><p>as the agents report it, by model</p><GhostLine /></div>
            <div className={classes.ghost}><h4>Health of connections</h4><p>newest record, agents, what was refused</p><GhostTable /></div>
          </div>
        </div>
      </section>
      <Side />
    </div>
  );
}
