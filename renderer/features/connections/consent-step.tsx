import type { Connection } from '../../../shared/domain.ts';
import { InertValue } from '../../ui/agent-text-view.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import classes from './add-connection.module.css';

/** The exact command, and what running it means. The consent holds for these bytes alone. */
export function ConsentText({ connection }: { connection: Connection }) {
  const command = connection.runtime?.address ?? '';
  return (
    <div className={classes.form}>
      <h3 className={classes.heading}>Gatehouse would start this program on this machine</h3>
      <div className={classes.command} role="group" aria-label="The exact command">
        <InertValue text={command} quoted={false} />
        <CopyButton value={command} label="Copy the command" />
      </div>
      <ul className={classes.means}>
        <li><StateShape state="attention" className={classes.wait} /><span>It runs as you, with your rights: it can read and change what you can.</span></li>
        <li><StateShape state="attention" className={classes.wait} /><span>A command that fetches a package runs whatever that package holds on that day.</span></li>
        <li><StateShape state="healthy" className={classes.ok} /><span>It is asked what it offers, and none of its tools is ever called.</span></li>
        <li><StateShape state="healthy" className={classes.ok} /><span>The consent is remembered for exactly this text. A changed one asks again.</span></li>
      </ul>
    </div>
  );
}
