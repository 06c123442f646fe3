import { Button } from '@mantine/core';
import { IconEyeCheck } from '@tabler/icons-react';
import { useAuditor } from '../../api/guard.ts';
import { showOverlay } from '../../app/overlay-state.ts';
import { shownWords } from './shown-words.ts';
import classes from './guard.module.css';

/** On every screen, as long as it lasts: calm, because nothing is wrong. */
export function AuditorBanner() {
  const { on, whole, text } = useAuditor();
  if (!on) return null;
  return (
    <section className={classes.banner} aria-label="Auditor mode">
      <IconEyeCheck size={16} stroke={1.75} aria-hidden="true" />
      <div className={classes.text}>
        <strong>Auditor mode.</strong> Nothing can be changed or stopped from this window. {shownWords[text].short}
        <span className={classes.muted}> {whole ? 'Gatehouse was started read-only: nothing is received, polled or stopped by itself.' : 'The engine goes on as before.'}</span>
      </div>
      {!whole && <Button onClick={() => showOverlay('auditor')}>Leave…</Button>}
    </section>
  );
}
