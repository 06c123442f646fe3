import type { ReactNode } from 'react';
import classes from './agent.module.css';

/** Name and value, in two columns: short facts that are read one by one. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode] | null)[] }) {
  return (
    <dl className={classes.facts}>
      {facts.filter((fact) => fact !== null).map(([name, value]) => <div key={name} className={classes.fact}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  );
}
