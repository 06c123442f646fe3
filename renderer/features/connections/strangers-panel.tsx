import type { StrangerSender } from '../../../shared/domain.ts';
import { inertString } from '../../ui/agent-text.ts';
import { formatCount, plural } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { Age } from '../../ui/time.tsx';
import classes from './connections.module.css';

/** Senders without a valid token: answered with 401, nothing of what they sent was read. */
export function StrangersPanel({ strangers }: { strangers: readonly StrangerSender[] }) {
  const total = strangers.reduce((sum, one) => sum + one.count, 0);
  return (
    <Panel flush title="Senders without a valid token" aside={`${plural(total, 'request')} refused (401)`} foot="Nothing of what they sent was read or kept. The process is named where the system tells it.">
      <table className={classes.small}>
        <thead><tr><th scope="col">Process</th><th scope="col" className={classes.right}>Process ID</th><th scope="col">Asked for</th><th scope="col" className={classes.right}>Requests</th><th scope="col" className={classes.right}>First</th><th scope="col" className={classes.right}>Newest</th></tr></thead>
        <tbody>
          {strangers.map((one) => (
            <tr key={`${one.process ?? ''}/${one.pid ?? ''}/${one.path}`}>
              <td>{one.process === null ? <span className={classes.muted}>not known</span> : inertString(one.process, 60)}</td>
              <td className={classes.right}>{one.pid ?? <span className={classes.muted}>not known</span>}</td>
              <td><code>{inertString(one.path, 60)}</code></td>
              <td className={classes.right}>{formatCount(one.count)}</td>
              <td className={classes.right}><Age iso={one.firstAt} /></td>
              <td className={classes.right}><Age iso={one.lastAt} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
