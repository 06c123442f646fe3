/** Whether the CEF lines of a report go to a syslog receiver, too, and to which: beside the act, not at the end of what scrolls. Main asks once more before anything leaves. */
import { useQuery } from '@tanstack/react-query';
import { receiverAddress, usualSyslogPort } from '../../../shared/receiver-address.ts';
import type { AlertTarget } from '../../../shared/alerts.ts';
import { alertQueries } from '../../api/queries.ts';
import { inertString } from '../../ui/agent-text.ts';
import { announce } from '../../ui/announce.ts';
import { auditorReason, useReadOnly } from '../../ui/read-only.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { changeDraft } from './draft-memory.ts';
import { toggledSend, type Draft, type SendDraft } from './report-draft.ts';
import classes from './audit.module.css';

type Kept = AlertTarget & { readonly config: Extract<AlertTarget['config'], { kind: 'syslog' }> };
const isKept = (target: AlertTarget): target is Kept => target.config.kind === 'syslog';

function Address({ send }: { send: SendDraft }) {
  const change = (more: Partial<SendDraft>): void => changeDraft({ send: { ...send, ...more } });
  const turn = (transport: SendDraft['transport']): void => change({ transport, port: send.port === String(usualSyslogPort(send.transport)) ? String(usualSyslogPort(transport)) : send.port });
  return (
    <span className={classes.sendAddress}>
      <input className={classes.field} aria-label="Host of the receiver" placeholder="log.example.com" value={send.host} maxLength={253} onChange={(event) => change({ host: event.currentTarget.value })} />
      <input className={classes.field} aria-label="Port of the receiver" inputMode="numeric" value={send.port} maxLength={5} onChange={(event) => change({ port: event.currentTarget.value })} />
      <span className={classes.tight}><Segmented label="Transport" name="report-transport" value={send.transport} options={[{ value: 'tls', label: 'TLS' }, { value: 'tcp', label: 'TCP' }]} onChange={turn} /></span>
    </span>
  );
}

function Receiver({ send }: { send: SendDraft }) {
  const { data } = useQuery(alertQueries.targets());
  const kept = (data?.rows ?? []).filter(isKept);
  const target = kept.find((one) => one.id === send.targetId);
  const moved = target !== undefined && (target.config.host !== send.host || String(target.config.port) !== send.port || target.config.transport !== send.transport);
  const choose = (id: string): void => {
    const chosen = kept.find((one) => one.id === id);
    changeDraft({ send: chosen === undefined ? { ...send, targetId: null } : { ...send, targetId: chosen.id, host: chosen.config.host, port: String(chosen.config.port), transport: chosen.config.transport } });
  };
  const gone = send.targetId !== null && data !== undefined && target === undefined;
  return (
    <>
      {(kept.length > 0 || send.targetId !== null) && (
        <select className={classes.select} aria-label="Receiver" value={moved || gone ? 'lost' : send.targetId ?? ''} onChange={(event) => choose(event.currentTarget.value)}>
          {(moved || gone) && <option value="lost" disabled>{gone ? 'A target that is not there any more' : 'Choose it again'}</option>}
          {kept.map((one) => <option key={one.id} value={one.id}>{inertString(one.name, 40)}, {inertString(receiverAddress(one.config), 60)}</option>)}
          <option value="">An address of your own</option>
        </select>
      )}
      {send.targetId === null && <Address send={send} />}
      {(moved || gone) && <span className={`${classes.says} ${classes.complaint}`}>{gone ? 'That target was removed: choose another one.' : 'That target leads elsewhere since it was chosen here: choose it again.'}</span>}
      <span className={classes.says}>
        Each row is a message. {send.transport === 'tcp' ? <span className={classes.complaint}>Not encrypted: whoever is on the way can read them.</span> : send.targetId === null ? 'Its certificate must be trusted here; a target of Alerts brings an authority of its own.' : 'Encrypted; its certificate is checked.'} Syslog answers nothing.
      </span>
    </>
  );
}

export function SendChoice({ draft }: { draft: Draft }) {
  const readOnly = useReadOnly();
  const { send } = draft;
  const toggle = (): void => {
    const next = toggledSend(draft);
    changeDraft(next);
    if (next.send.on && draft.pack) announce('A pack is not sent: it was left out');
  };
  return (
    <div className={classes.block}>
      <label className={classes.pack} data-tip={readOnly ? auditorReason : 'When the files are whole, every CEF line goes to the receiver as a message'}><input type="checkbox" className={classes.box} checked={send.on} disabled={readOnly} onChange={toggle} />Also send to a syslog receiver</label>
      {send.on && <Receiver send={send} />}
    </div>
  );
}
