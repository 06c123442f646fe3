import type { Capability, Lever, Visibility } from '../../../shared/domain.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { sightOf } from './sight.ts';
import classes from './add-connection.module.css';

/** "You will see" beside "You will not see or reach": the second is never the shorter story. */
export function SightLists(facts: { capabilities: readonly Capability[]; visibility: Visibility; levers: readonly Lever[] | null }) {
  const { sees, not } = sightOf(facts);
  return (
    <div className={classes.two}>
      <div>
        <h3 className={classes.heading}>You will see</h3>
        <ul className={classes.sees}>{sees.length === 0 ? <li><StateShape state="not_seen" className={classes.quiet} /><span>Nothing yet: the runtime has not shown it</span></li> : sees.map((text) => <li key={text}><StateShape state="healthy" className={classes.ok} /><span><InertName text={text} most={300} /></span></li>)}</ul>
      </div>
      <div>
        <h3 className={classes.heading}>You will not see or reach</h3>
        <ul className={classes.sees}>{not.map((one) => <li key={one.text}><StateShape state={one.kind === 'unseen' ? 'not_seen' : 'no_stop_credential'} className={classes.quiet} /><span><InertName text={one.text} most={400} /></span></li>)}</ul>
      </div>
    </div>
  );
}
