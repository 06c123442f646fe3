import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { IconActivity, IconHandStop, IconPlug, IconSearch } from '@tabler/icons-react';
import { useDeferredValue, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { call } from '../api/client.ts';
import { approvalQueries, connectionQueries, findQueries } from '../api/queries.ts';
import { Kbd } from '../ui/kbd.tsx';
import { Matched, matchTerms } from '../ui/matched.tsx';
import { StateShape } from '../ui/state-shapes.tsx';
import { commandsNow } from './commands.ts';
import { go } from './navigation.ts';
import { attempt } from './notices.ts';
import { lookedFor, readTyped, sectionsFor, stillFound, type Entry, type Section } from './palette-entries.ts';
import { navigation, routes } from './routes.tsx';
import { openStopOfScreen, openStopPlan, stopOfAgent } from './stop-choice.ts';
import classes from './palette.module.css';

/** A task has no screen of its own: it opens on its agent's. */
async function openTask(id: string, activityId: string | null): Promise<void> {
  const task = await call('tasks.get', { id });
  go({ screen: 'agent', id: task.agentId, params: { task: id, ...(activityId === null ? {} : { activity: activityId }) } });
}

const places = navigation.flatMap((screen) => {
  const { nav, title } = routes[screen];
  return nav === null ? [] : [{ id: screen, title, icon: nav.icon, keys: `g ${nav.letter}`, run: () => go({ screen }) }];
});

function useSections(typed: string): { sections: Section[]; took: number | null; waiting: boolean } {
  const wanted = lookedFor(useDeferredValue(typed));
  const found = useQuery({ ...findQueries.find(wanted), placeholderData: wanted === '' ? undefined : keepPreviousData });
  const { data: connections } = useQuery(connectionQueries.list());
  const { data: approvals } = useQuery(approvalQueries.waiting());
  const [commands] = useState(commandsNow);
  const answered = found.data !== undefined && !found.isPlaceholderData && wanted === lookedFor(typed);
  const sections = useMemo(() => sectionsFor(typed, {
    found: wanted === '' || found.data === undefined ? undefined : answered ? found.data : stillFound(found.data, typed), commands, places, connections: connections?.rows ?? [], approvals: approvals?.rows ?? [], connectionIcon: IconPlug, followIcon: IconActivity, stopIcon: IconHandStop,
    openAgent: (id) => go({ screen: 'agent', id }),
    followAgent: (id) => go({ screen: 'live', params: { agent: id } }),
    stopAgent: (agent) => openStopPlan(stopOfAgent(agent)),
    openConnection: (id) => go({ screen: 'connections', id }),
    openApproval: (id) => go({ screen: 'approvals', id }),
    openTask: (id, activityId) => attempt('The task could not be opened.', openTask(id, activityId)),
  }), [typed, wanted, answered, found.data, commands, connections, approvals]);
  return { sections, took: wanted === '' || !answered ? null : found.data.tookMs, waiting: wanted !== '' && !answered && !found.isError };
}

function Row({ entry, typed, chosen, onChoose, onRun }: { entry: Entry; typed: string; chosen: boolean; onChoose: () => void; onRun: () => void }) {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => { if (chosen) row.current?.scrollIntoView({ block: 'nearest' }); }, [chosen]);
  const Icon = 'icon' in entry.mark ? entry.mark.icon : null;
  return (
    <div ref={row} id={`palette-${entry.id}`} role="option" aria-selected={chosen} tabIndex={-1} className={`${classes.row} ${chosen ? classes.chosen : ''} ${entry.stop === true ? classes.stop : ''}`}
      onPointerMove={onChoose} onClick={onRun}>
      <span className={classes.mark} aria-hidden="true">
        {Icon !== null && <Icon size={16} stroke={1.75} />}
        {'state' in entry.mark && <StateShape state={entry.mark.state} />}
        {'hash' in entry.mark && '#'}
      </span>
      <span className={`${classes.title} ${entry.mono === true ? classes.mono : ''}`}><Matched text={entry.title} typed={typed} /></span>
      <span className={classes.context}><Matched text={entry.context} typed={matchTerms(entry.title, typed) === null ? typed : ''} /></span>
      {entry.aside !== '' && <span className={classes.aside}>{entry.aside}</span>}
      {entry.keys !== undefined && <Kbd keys={entry.keys} />}
      {chosen && entry.keys === undefined && <Kbd keys="enter" />}
    </div>
  );
}

export function Palette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const { sections, took, waiting } = useSections(typed);
  const entries = sections.flatMap((section) => section.entries);
  const chosen = entries[Math.min(at, entries.length - 1)];
  const total = sections.reduce((sum, section) => sum + section.found, 0);

  useEffect(() => {
    const element = dialog.current;
    if (element === null || element.open) return;
    const before = document.activeElement;
    element.showModal();
    return () => {
      element.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  // The browser may close a dialog over our head (a second Escape in a row): then the page must know.
  const onClosed = (): void => { if (dialog.current?.open === false) onClose(); };
  const run = (entry: Entry): void => {
    onClose();
    entry.run();
  };
  const keyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && entries.length > 0) {
      event.preventDefault();
      setAt((Math.min(at, entries.length - 1) + step + entries.length) % entries.length);
    } else if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault();
      run(chosen);
    } else if (event.key === '.' && (event.ctrlKey || event.metaKey) && !event.repeat) {
      event.preventDefault();
      onClose();
      (chosen?.openStop ?? openStopOfScreen)();
    } else if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onClose();
    }
  };

  return (
    <dialog ref={dialog} className={classes.palette} aria-label="Find or do" onCancel={(event) => { event.preventDefault(); onClose(); }} onClose={onClosed} closedby="any">
      <div className={classes.head}>
        <IconSearch size={18} stroke={1.75} aria-hidden="true" />
        <input autoFocus className={classes.input} value={typed} spellCheck={false} autoComplete="off" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-label="Find or do"
          aria-activedescendant={chosen === undefined ? undefined : `palette-${chosen.id}`} placeholder="Agent, command, place or identifier"
          onChange={(event) => { setTyped(event.currentTarget.value); setAt(0); }} onKeyDown={keyDown} />
        <span className={classes.found} role="status">{typed === '' ? '' : waiting ? 'looking…' : `${total} found${took === null ? '' : ` in ${Math.max(1, Math.round(took))} ms`}`}</span>
        <Kbd keys="escape" />
      </div>
      <div className={classes.list} id="palette-list" role="listbox" aria-label="Results">
        {sections.map((section) => (
          <div key={section.title} role="group" aria-label={section.title}>
            <div className={classes.section} aria-hidden="true"><span>{section.title}</span><span>{section.entries.length} of {section.found}</span></div>
            {section.entries.map((entry) => (
              <Row key={entry.id} entry={entry} typed={readTyped(typed).text} chosen={entry === chosen} onRun={() => run(entry)}
                onChoose={() => setAt(entries.indexOf(entry))} />
            ))}
          </div>
        ))}
        {entries.length === 0 && !waiting && <p className={classes.none}>Nothing is called “{readTyped(typed).text}”: no agent, command, place or identifier.</p>}
      </div>
      <div className={classes.foot} aria-hidden="true">
        <span><Kbd keys="arrowup" /><Kbd keys="arrowdown" /> choose</span><span><Kbd keys="enter" /> open</span><span><Kbd keys=">" /> only commands</span><span><Kbd keys="#" /> only identifiers</span>
      </div>
    </dialog>
  );
}
