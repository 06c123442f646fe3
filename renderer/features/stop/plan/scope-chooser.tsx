/** Nothing is chosen on the screen: asks what the stop is about. It opens the plan; it stops nothing. */
import { useQuery } from '@tanstack/react-query';
import { IconHandStop, IconSearch } from '@tabler/icons-react';
import { useDeferredValue, useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { agentQueries, connectionQueries, findQueries, stopQueries, systemQueries } from '../../../api/queries.ts';
import { useAskedPeriod } from '../../../app/period.ts';
import type { StopAsk } from '../../../app/stop-choice.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { formatCount } from '../../../ui/format.ts';
import { Kbd } from '../../../ui/kbd.tsx';
import { Matched, matchTerms } from '../../../ui/matched.tsx';
import { StateShape } from '../../../ui/state-shapes.tsx';
import { choicesFor, type Choice, type ChoiceSection } from './chooser-model.ts';
import classes from './chooser.module.css';

function useChoices(typed: string, ticked: readonly { id: string; name: string }[]): { sections: ChoiceSection[]; waiting: boolean } {
  const text = useDeferredValue(typed).trim();
  const agents = useQuery(agentQueries.list(useAskedPeriod()));
  const found = useQuery(findQueries.find(text));
  const tags = useQuery(stopQueries.tags()).data?.rows ?? [];
  const connections = useQuery(connectionQueries.list()).data?.rows ?? [];
  const status = useQuery(systemQueries.status()).data;
  const sections = choicesFor(typed, { ticked, agents: agents.data?.rows ?? [], found: text === '' ? undefined : found.data?.agents, tags, connections, agentsKnown: status?.agents ?? 0 });
  return { sections, waiting: agents.isPending || (text !== '' && found.isFetching) };
}

function Option({ choice, typed, chosen, onPoint, onOpen }: { choice: Choice; typed: string; chosen: boolean; onPoint: () => void; onOpen: () => void }) {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => { if (chosen) row.current?.scrollIntoView({ block: 'nearest' }); }, [chosen]);
  return (
    <div ref={row} id={`stop-choice-${choice.id}`} role="option" aria-selected={chosen} tabIndex={-1} className={`${classes.row} ${chosen ? classes.chosen : ''}`} onPointerMove={onPoint} onClick={onOpen}>
      <span className={classes.mark}>{choice.state !== null && <StateShape state={choice.state} />}</span>
      <span className={classes.title}><Matched text={choice.title} typed={typed} /></span>
      <span className={classes.context}><Matched text={choice.context} typed={matchTerms(choice.title, typed) === null ? typed : ''} /></span>
      {chosen && <Kbd keys="enter" />}
    </div>
  );
}

export function ScopeChooser({ ticked, onChoose, onClose }: { ticked: readonly { id: string; name: string }[]; onChoose: (ask: StopAsk) => void; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const { sections, waiting } = useChoices(typed, ticked);
  const all = sections.flatMap((section) => section.choices);
  const chosen = all[Math.min(at, all.length - 1)];
  const keyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && all.length > 0) {
      event.preventDefault();
      setAt((Math.min(at, all.length - 1) + step + all.length) % all.length);
    } else if (event.key === 'Enter' && !event.repeat && chosen !== undefined) {
      event.preventDefault();
      onChoose(chosen.ask);
    }
  };
  return (
    <Dialog title="Stop…" subject="opens the plan, stops nothing yet" icon={<IconHandStop size={18} stroke={1.75} className={classes.hand} aria-hidden="true" />} onClose={onClose} width={560} height="min(720px, calc(100vh - 24px))" flush>
      <div className={classes.body}>
        <label className={classes.head}>
          <IconSearch size={16} stroke={1.75} aria-hidden="true" />
          <input data-autofocus className={classes.input} value={typed} spellCheck={false} autoComplete="off" role="combobox" aria-expanded="true" aria-controls="stop-choices" aria-label="What to stop"
            aria-activedescendant={chosen === undefined ? undefined : `stop-choice-${chosen.id}`} placeholder="Agent, tag, connection or everything" onChange={(event) => { setTyped(event.currentTarget.value); setAt(0); }} onKeyDown={keyDown} />
        </label>
        {ticked.length > 1 && <p className={classes.hint}>{formatCount(ticked.length)} agents are ticked. A plan is for one agent, or for all of a tag, of a connection, or everything.</p>}
        <div className={classes.list} id="stop-choices" role="listbox" aria-label="What can be stopped">
          {sections.map((section) => (
            <div key={section.title} role="group" aria-label={section.title}>
              <div className={classes.section} aria-hidden="true">{section.title}</div>
              {section.choices.map((choice) => <Option key={choice.id} choice={choice} typed={typed.trim()} chosen={choice === chosen} onPoint={() => setAt(all.indexOf(choice))} onOpen={() => onChoose(choice.ask)} />)}
            </div>
          ))}
          {all.length === 0 && !waiting && <p className={classes.nothing}>Nothing is called “{typed.trim()}”: no agent, tag or connection.</p>}
        </div>
      </div>
    </Dialog>
  );
}
