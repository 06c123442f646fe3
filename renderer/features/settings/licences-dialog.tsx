import { Dialog } from '../../ui/dialog.tsx';
import classes from './settings.module.css';

/** What is shipped inside the program. The full texts lie in the program's folder. */
const shipped: readonly (readonly [name: string, use: string, licence: string])[] = [
  ['Electron', 'the window', 'MIT'], ['Chromium', 'the page engine in Electron', 'BSD-3-Clause and others'], ['Node.js', 'the engine’s runtime', 'MIT'],
  ['SQLite', 'the history file', 'public domain'], ['better-sqlite3', 'SQLite from Node', 'MIT'], ['Zod', 'checks on every call', 'MIT'],
  ['React', 'the page', 'MIT'], ['Mantine', 'controls', 'MIT'], ['TanStack Query, Table, Virtual', 'data and tables', 'MIT'],
  ['Recharts', 'charts', 'MIT'], ['Tabler Icons', 'icons', 'MIT'], ['IBM Plex', 'type', 'OFL-1.1'],
];

export function LicencesDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Licences" subject="Gatehouse is Apache-2.0" onClose={onClose} width={560}>
      <table className={classes.licences}>
        <thead><tr><th scope="col">Part</th><th scope="col">Used for</th><th scope="col">Licence</th></tr></thead>
        <tbody>{shipped.map(([name, use, licence]) => <tr key={name}><td>{name}</td><td>{use}</td><td>{licence}</td></tr>)}</tbody>
      </table>
    </Dialog>
  );
}
