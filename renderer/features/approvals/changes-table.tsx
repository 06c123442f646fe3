import { InertName, InertValue } from '../../ui/agent-text-view.tsx';
import { useState } from 'react';
import type { JsonChange } from '../../ui/json-text.ts';
import { formatCount } from '../../ui/format.ts';
import classes from './approvals.module.css';

interface ChangesTableProps { label: string; changes: readonly (JsonChange & { part?: string })[]; was: string; is: string }

const most = 12;

/** Value by value, what was and what is. */
export function ChangesTable({ label, changes, was, is }: ChangesTableProps) {
  const [all, setAll] = useState(false);
  const shown = all ? changes : changes.slice(0, most);
  return (
    <div>
      <table className={classes.changes} aria-label={label}>
        <thead><tr><th scope="col">Parameter</th><th scope="col">{was}</th><th scope="col">{is}</th></tr></thead>
        <tbody>
          {shown.map((change, index) => (
            <tr key={index}>
              <th scope="row">{change.part !== undefined && <span className={classes.muted}><InertName text={change.part} most={60} />{change.path !== '' && ' '}</span>}{change.path !== '' && <code><InertName text={change.path} most={120} /></code>}</th>
              <td>{change.before === null ? <span className={classes.muted}>not there</span> : <InertValue text={change.before} quoted={false} />}</td>
              <td className={classes.changed}>{change.after === null ? <span className={classes.muted}>not there</span> : <InertValue text={change.after} quoted={false} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {changes.length > shown.length && <button type="button" className={classes.linkButton} onClick={() => setAll(true)}>{formatCount(changes.length - shown.length)} more changes</button>}
    </div>
  );
}
