import { Button } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useState } from 'react';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { AddOtlp } from './add-otlp.tsx';
import { AddRuntime } from './add-runtime.tsx';
import { kindIcons } from './kind-icons.ts';
import { addKinds, addKindWords, type AddKind } from './kind-words.ts';
import { StepRail, type RailStep } from './step-rail.tsx';
import classes from './add-connection.module.css';

const rail: RailStep[] = [
  { id: 'runtime', title: 'Runtime', second: 'what it is', state: 'now' },
  { id: 'way', title: 'Way in', second: 'address or command', state: 'later' },
  { id: 'credential', title: 'Credential', second: 'if it needs one', state: 'later' },
  { id: 'test', title: 'Test', second: 'what is reachable', state: 'later' },
];

function ChooseKind({ chosen, onChoose, onNext, onClose }: { chosen: AddKind; onChoose: (kind: AddKind) => void; onNext: () => void; onClose: () => void }) {
  return (
    <Dialog title="Add connection" icon={<IconPlugConnected size={18} stroke={1.75} aria-hidden="true" />} onClose={onClose} onConfirm={onNext} width={884} height={764} flush
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" onClick={onNext} rightSection={<Kbd keys="mod+enter" />}>Next</Button></>}>
      <StepRail steps={rail} note="Nothing is made or asked before a later step says so. Reading rights are enough to watch." />
      <div className={classes.pane}>
        <form className={classes.form} onSubmit={(event) => { event.preventDefault(); onNext(); }}>
          <fieldset className={classes.kinds}>
            <legend className={classes.heading}>Which runtime</legend>
            {addKinds.map((kind) => {
              const Icon = kindIcons[kind];
              return (
                <label key={kind} className={`${classes.kind} ${kind === chosen ? classes.kindOn : ''}`}>
                  <input type="radio" name="kind" value={kind} checked={kind === chosen} onChange={() => onChoose(kind)} onDoubleClick={onNext} className={classes.radio} {...(kind === chosen ? { 'data-autofocus': true } : {})} />
                  <Icon size={18} stroke={1.75} aria-hidden="true" />
                  <span><strong>{addKindWords[kind].title}</strong><span className={classes.kindGets}>{addKindWords[kind].gets}</span></span>
                  <span className={classes.kindNeeds}>needs {addKindWords[kind].needs}</span>
                </label>
              );
            })}
          </fieldset>
          <button type="submit" className="gh-visually-hidden" tabIndex={-1}>Next</button>
        </form>
      </div>
    </Dialog>
  );
}

interface AddConnectionProps { asked: AddKind | null; onClose: () => void; onAdded: (id: string) => void }

/** One dialog for every kind: what it is, how to reach it, with what credential, and what it then shows. */
export function AddConnection({ asked, onClose, onAdded }: AddConnectionProps) {
  const [chosen, setChosen] = useState<AddKind>(asked ?? 'otlp');
  const [choosing, setChoosing] = useState(asked === null);
  if (choosing) return <ChooseKind chosen={chosen} onChoose={setChosen} onNext={() => setChoosing(false)} onClose={onClose} />;
  const back = (): void => setChoosing(true);
  if (chosen === 'otlp') return <AddOtlp onBack={back} onClose={onClose} onAdded={onAdded} />;
  return <AddRuntime kind={chosen} onBack={back} onClose={onClose} onAdded={onAdded} />;
}
