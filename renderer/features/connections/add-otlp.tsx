import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconPlugConnected } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { Result } from '../../../shared/contract.ts';
import type { ContentLevel } from '../../../shared/domain.ts';
import { connectionQueries, settingsQueries } from '../../api/queries.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { ContentChoice, contentWords } from '../../ui/content-choice.tsx';
import { FirstDataBanner, FirstDataList, useFirstData } from './first-data.tsx';
import { hasData } from './first-data-steps.ts';
import { SetUpTexts } from './set-up-texts.tsx';
import { StepRail, type RailStep } from './step-rail.tsx';
import { useAddConnection } from './use-connection-commands.ts';
import classes from './add-connection.module.css';

type StepId = 'name' | 'content' | 'data';
type Added = Result<'connections.addOtlp'>;

function NameStep({ name, onName, onNext }: { name: string; onName: (name: string) => void; onNext: () => void }) {
  return (
    <form className={classes.form} onSubmit={(event) => { event.preventDefault(); onNext(); }}>
      <label className={classes.label}>
        <span>Name of the connection</span>
        <input className={classes.input} data-autofocus value={name} maxLength={80} onChange={(event) => onName(event.currentTarget.value)} placeholder="Lab cluster" autoComplete="off" spellCheck={false} />
      </label>
      <p className={classes.hint}>One connection for each place whose data you want to tell apart and switch off by itself: a team, a machine, a product. Each gets its own token.</p>
      <button type="submit" className="gh-visually-hidden" tabIndex={-1}>Next</button>
    </form>
  );
}

function ContentStep({ content, onContent }: { content: ContentLevel; onContent: (level: ContentLevel) => void }) {
  return (
    <div className={classes.form}>
      <h3 className={classes.heading}>What of prompts, answers and tool arguments is kept</h3>
      <ContentChoice value={content} onChange={onContent} />
      <p className={classes.hint}>It holds from the moment it is set: what was not kept cannot be brought back, and what was kept stays until it is removed. It can be changed later.</p>
    </div>
  );
}

function DataStep({ added }: { added: Added }) {
  const { connection, steps, nothing, arrived } = useFirstData(added.connection);
  return (
    <div className={classes.form}>
      <FirstDataBanner connection={connection} arrived={arrived} />
      <FirstDataList steps={steps} />
      <h3 className={classes.heading}>Set these where the agent runs</h3>
      <SetUpTexts snippets={added.snippets} token={added.token} />
      <div className={classes.two}>
        <div>
          <h3 className={classes.heading}>You will see</h3>
          <ul className={classes.sees}>
            <li><StateShape state="healthy" className={classes.ok} />Tasks, model calls, tool calls, as they end</li>
            <li><StateShape state="healthy" className={classes.ok} />Tokens, and cost where the agent reports it</li>
            <li><StateShape state="healthy" className={classes.ok} />Errors and denials that the agent reports</li>
          </ul>
        </div>
        <div>
          <h3 className={classes.heading}>You will not see</h3>
          <ul className={classes.sees}>
            <li><StateShape state="not_seen" className={classes.quiet} />Work that is not exported or sampled away</li>
            <li><StateShape state="not_seen" className={classes.quiet} />What the agent may do but did not</li>
            <li><StateShape state="no_stop_credential" className={classes.quiet} />This way in can only watch, not stop</li>
          </ul>
        </div>
      </div>
      {!arrived && <div className={classes.nothing}><h3 className={classes.heading}>If nothing comes</h3><p>{nothing}</p></div>}
    </div>
  );
}

function FinishButton({ added, onClose }: { added: Added; onClose: () => void }) {
  const { arrived } = useFirstData(added.connection);
  return (
    <>
      {!arrived && <Button onClick={onClose} rightSection={<Kbd keys="escape" />}>Close and keep waiting</Button>}
      <Button variant="filled" disabled={!arrived} onClick={onClose}>Finish</Button>
    </>
  );
}

const railNotes: Record<StepId, string> = {
  name: 'Nothing is made before the last step.',
  content: 'The next step makes the token.',
  data: 'You can close this window. The receiver keeps waiting and says so on Connections.',
};

/** OpenTelemetry: a token is made, and the dialog waits until something arrives with it. */
export function AddOtlp({ onBack, onClose, onAdded }: { onBack: () => void; onClose: () => void; onAdded: (id: string) => void }) {
  const { data: settings } = useQuery(settingsQueries.get());
  const { data: list } = useQuery(connectionQueries.list());
  const [step, setStep] = useState<StepId>('name');
  const [name, setName] = useState('');
  const [chosenContent, setContent] = useState<ContentLevel | null>(null);
  const content = chosenContent ?? settings?.defaultContent ?? 'redacted';
  const add = useAddConnection();
  const pane = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The step before took its focused field with it.
    if (step !== 'name') pane.current?.focus();
  }, [step]);
  const trimmed = name.trim();
  const make = (): void => {
    if (add.isPending || trimmed === '') return;
    add.mutate({ name: trimmed, content }, { onSuccess: (result) => { setStep('data'); onAdded(result.connection.id); } });
  };
  const next = (): void => {
    if (step === 'name' && trimmed !== '') setStep('content');
    else if (step === 'content') make();
  };
  const order: StepId[] = ['name', 'content', 'data'];
  const stateOf = (id: StepId): RailStep['state'] => (id === step ? 'now' : order.indexOf(id) < order.indexOf(step) ? 'done' : 'later');
  const made = list?.rows.find((row) => row.id === add.data?.connection.id);
  const arrived = made !== undefined && hasData(made);
  const rail: RailStep[] = [
    { id: 'runtime', title: 'Runtime', second: 'OpenTelemetry', state: 'done' },
    { id: 'name', title: 'Name', second: trimmed === '' ? 'what sends' : trimmed, state: stateOf('name') },
    { id: 'content', title: 'Content', second: step === 'name' ? 'what is kept' : contentWords[content].word.toLowerCase(), state: stateOf('content') },
    { id: 'data', title: 'First data', second: step !== 'data' ? 'set up and wait' : arrived ? 'arrived' : 'waiting', state: stateOf('data') },
  ];
  const foot = step === 'data' && add.data !== undefined
    ? <><span /><FinishButton added={add.data} onClose={onClose} /></>
    : (
      <>
        <Button onClick={step === 'content' ? () => setStep('name') : onBack}>Back</Button>
        <span className={classes.misses} role="status">{trimmed === '' ? 'The name is missing.' : ''}</span>
        <Button variant="filled" disabled={trimmed === '' || add.isPending} onClick={next} rightSection={<Kbd keys="mod+enter" />}>{step === 'name' ? 'Next' : 'Make token and wait'}</Button>
      </>
    );
  return (
    <Dialog title="Add connection" subject={trimmed === '' ? 'OpenTelemetry' : `${trimmed}, OpenTelemetry`} icon={<IconPlugConnected size={18} stroke={1.75} aria-hidden="true" />}
      onClose={onClose} onConfirm={step === 'data' ? onClose : next} unsaved={step !== 'data' && trimmed !== ''} foot={foot} width={884} height={764} flush>
      <StepRail steps={rail} note={railNotes[step]} />
      <div ref={pane} className={classes.pane} tabIndex={-1}>
        {step === 'name' && <NameStep name={name} onName={setName} onNext={next} />}
        {step === 'content' && <ContentStep content={content} onContent={setContent} />}
        {step === 'data' && add.data !== undefined && <DataStep added={add.data} />}
        {add.error !== null && <ErrorBlock error={add.error} what="The connection was not made." kept="Nothing was changed. What you typed is still here." retry={make} />}
      </div>
    </Dialog>
  );
}
