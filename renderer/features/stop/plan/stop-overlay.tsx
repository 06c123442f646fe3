import { useState } from 'react';
import { stopOpened } from '../../../app/stop-choice.ts';
import { PlanDialog } from './plan-dialog.tsx';
import { ScopeChooser } from './scope-chooser.tsx';

/** The stop plan, after the question what to stop where nothing was chosen. */
export default function StopOverlay({ onClose }: { onClose: () => void }) {
  const [opened, setOpened] = useState(stopOpened);
  if (opened.kind === 'choose') return <ScopeChooser ticked={opened.agents} onClose={onClose} onChoose={(ask) => setOpened({ kind: 'plan', ask })} />;
  return <PlanDialog ask={opened.ask} onClose={onClose} />;
}
