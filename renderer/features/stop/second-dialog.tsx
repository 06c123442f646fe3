/** The second operator's confirmation: a name from the list and a passphrase of their own. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { StopOrder } from '../../../shared/stop.ts';
import { operatorQueries } from '../../api/queries.ts';
import { placeHash } from '../../app/navigation.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { levelWords, reasonLine, scopeWords } from './stop-words.ts';
import { useSecond } from './use-stop-commands.ts';
import classes from './stop.module.css';

export function SecondDialog({ order, onClose }: { order: StopOrder; onClose: () => void }) {
  const operators = useQuery(operatorQueries.list());
  const [chosen, setChosen] = useState<string | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const second = useSecond();
  const others = operators.data?.rows ?? [];
  const operatorId = chosen ?? others[0]?.id ?? null;
  const ready = operatorId !== null && passphrase !== '' && !second.isPending;
  const act = (): void => {
    if (!ready) return;
    // A passphrase that was refused is not left lying in the field.
    second.mutate({ id: order.id, operatorId, passphrase }, { onSuccess: onClose, onError: () => setPassphrase('') });
  };
  return (
    <Dialog title="Confirm as the second operator" subject={`stop order ${order.number}`} onClose={onClose} onConfirm={act} width={560}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" className={classes.stopButton ?? ''} disabled={!ready} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Confirm, the stop is sent</Button></>}>
      <p><strong>{levelWords[order.level]} {scopeWords(order)}</strong>: {plural(order.levers.all, 'lever')}, ordered by <InertName text={order.orderedBy} most={60} />. <InertName text={reasonLine(order)} most={400} /></p>
      <p className={classes.second}>Nothing was sent so far. It leaves the moment this is confirmed.</p>
      <FromQuery query={operators} what="Reading operators" failed="The operators could not be read." rows={2}>
        {({ rows }) => (rows.length === 0
          ? <p>No operator is known who could confirm. <a className={classes.link} href={placeHash({ screen: 'settings' })}>Settings</a> adds one; whoever ordered this cannot be their own second.</p>
          : (
            <form className={classes.form} onSubmit={(event) => { event.preventDefault(); act(); }}>
              <label className={classes.label}>Operator
                <select className={classes.select} value={operatorId ?? ''} onChange={(event) => setChosen(event.currentTarget.value)}>{rows.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}</select>
              </label>
              <label className={classes.label}>Passphrase
                <input className={classes.input} type="password" data-autofocus autoComplete="off" value={passphrase} maxLength={1000} onChange={(event) => setPassphrase(event.currentTarget.value)} />
              </label>
            </form>
          ))}
      </FromQuery>
      {second.error !== null && <ErrorBlock error={second.error} what="It was not confirmed." kept="The order still waits; nothing was sent." />}
    </Dialog>
  );
}
