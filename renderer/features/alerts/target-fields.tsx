/** The fields of each kind of target. */
import type { ReactNode } from 'react';
import type { TargetKind } from '../../../shared/alerts.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { CredentialFields, Field, type CredentialWords } from '../connections/runtime-fields.tsx';
import { weekDays } from './alert-words.ts';
import { toggledIn } from './rule-form.ts';
import { emptyTarget, needsCredential, takesCredential, credentialFor, usualPort, type TargetForm } from './target-form.ts';
import classes from './alerts.module.css';

export interface TargetFieldsProps { form: TargetForm; set: (changes: Partial<TargetForm>) => void }

function Area({ label, hint, value, onChange, placeholder, rows }: { label: string; hint: ReactNode; value: string; onChange: (value: string) => void; placeholder: string; rows: number }) {
  return (
    <label className={classes.label}>
      <span>{label}</span>
      <textarea className={classes.area} rows={rows} value={value} placeholder={placeholder} spellCheck={false} onChange={(event) => onChange(event.currentTarget.value)} />
      <span className={classes.hint}>{hint}</span>
    </label>
  );
}

function Authority({ form, set }: TargetFieldsProps) {
  return (
    <details className={classes.more} open={form.ca !== '' ? true : undefined}>
      <summary>Certificate of your own authority</summary>
      <Area label="Certificates in PEM" rows={4} value={form.ca} placeholder={'-----BEGIN CERTIFICATE-----'} onChange={(ca) => set({ ca })} hint="Trusted for this target besides those of the system. The server’s certificate is always checked; no private key belongs here." />
    </details>
  );
}

function Webhook({ form, set }: TargetFieldsProps) {
  return (
    <>
      <Field label="Address" mono first value={form.url} placeholder="https://alerts.example.com/gatehouse" onChange={(url) => set({ url })} hint="Each alert is posted to it as JSON. No redirect is followed. A server of your own on this machine or network is allowed." />
      <details className={classes.more} open={form.header !== '' || form.scheme !== 'bearer' ? true : undefined}>
        <summary>How the credential is sent</summary>
        <div className={classes.inline}>
          <Field label="Header" mono max={64} value={form.header} placeholder="Authorization" onChange={(header) => set({ header })} />
          <div className={classes.label}><span>Written as</span><Segmented label="Written as" name="target-scheme" value={form.scheme} options={[{ value: 'bearer', label: 'Bearer …' }, { value: 'plain', label: 'The credential alone' }]} onChange={(scheme) => set({ scheme })} /></div>
        </div>
      </details>
      {!form.url.trim().startsWith('http:') && <Authority form={form} set={set} />}
    </>
  );
}

function Email({ form, set }: TargetFieldsProps) {
  return (
    <>
      <div className={classes.inline}>
        <Field label="Server" mono first max={253} value={form.host} placeholder="smtp.example.com" onChange={(host) => set({ host })} />
        <Field label="Port" mono max={5} value={form.port} placeholder={usualPort(form)} onChange={(port) => set({ port })} />
      </div>
      <div className={classes.label}><span>Connection</span><Segmented label="Connection" name="target-security" value={form.security} options={[{ value: 'tls', label: 'TLS' }, { value: 'starttls', label: 'STARTTLS' }, { value: 'none', label: 'Not encrypted' }]} onChange={(security) => set({ security })} />{form.security === 'none' && <span className={classes.hint}>Alerts go readable over the network. A password is then sent only to a server on this machine or a network of your own.</span>}</div>
      <div className={classes.halves}>
        <Field label="Sender" max={254} value={form.from} placeholder="gatehouse@example.com" onChange={(from) => set({ from })} />
        <Field label="User, if the server asks for one" max={254} value={form.user} placeholder="none" onChange={(user) => set({ user })} />
      </div>
      <Area label="To" rows={2} value={form.to} placeholder="oncall@example.com" onChange={(to) => set({ to })} hint="One address a line. Mail is plain text." />
      {form.security !== 'none' && <Authority form={form} set={set} />}
    </>
  );
}

function Syslog({ form, set }: TargetFieldsProps) {
  return (
    <>
      <div className={classes.inline}>
        <Field label="Server" mono first max={253} value={form.host} placeholder="logs.example.com" onChange={(host) => set({ host })} />
        <Field label="Port" mono max={5} value={form.port} placeholder={usualPort(form)} onChange={(port) => set({ port })} />
        <Field label="Facility" mono max={2} value={form.facility} onChange={(facility) => set({ facility })} />
      </div>
      <div className={classes.label}><span>Connection</span><Segmented label="Connection" name="target-transport" value={form.transport} options={[{ value: 'tls', label: 'TLS' }, { value: 'tcp', label: 'TCP, not encrypted' }]} onChange={(transport) => set({ transport })} /><span className={classes.hint}>RFC 5424, each message with its length before it. Syslog answers nothing: sent means that the connection took it.</span></div>
      {form.transport === 'tls' && <Authority form={form} set={set} />}
    </>
  );
}

export function KindFields({ form, set }: TargetFieldsProps) {
  switch (form.kind) {
    case 'desktop': return <p className={classes.hint}>A notification of this machine while Gatehouse runs here. A click on it opens the alert.</p>;
    case 'webhook': return <Webhook form={form} set={set} />;
    case 'slack': return <><p className={classes.hint}>An incoming webhook of Slack, or of anything that takes the same. Its whole address is the credential below: whoever has it can post, so it is kept like a password and shown nowhere.</p><Authority form={form} set={set} /></>;
    case 'email': return <Email form={form} set={set} />;
    case 'syslog': return <Syslog form={form} set={set} />;
  }
}

const words: Record<'webhook' | 'slack' | 'email', CredentialWords> = {
  webhook: { value: 'Token', variable: 'ALERT_WEBHOOK_TOKEN', path: '/run/secrets/alert-token', none: 'The receiver is called without any.', handedTo: 'what delivers to this target', tells: 'the target' },
  slack: { value: 'Address of the incoming webhook', variable: 'SLACK_WEBHOOK_URL', path: '/run/secrets/slack-webhook', none: '', handedTo: 'what delivers to this target', tells: 'the target' },
  email: { value: 'Password', variable: 'SMTP_PASSWORD', path: '/run/secrets/smtp-password', none: 'The server is asked to take mail without a password.', handedTo: 'what delivers to this target', tells: 'the target' },
};

/** Where the credential comes from; of a target that has one already, only once somebody wants to change it. */
export function TargetCredential({ form, set, kept }: TargetFieldsProps & { kept: string | null }) {
  const { kind } = form;
  if (!takesCredential(kind) || kind === 'desktop' || kind === 'syslog') return null;
  if (form.credential === null) return <div className={classes.keptCredential}><span><span className={classes.muted}>Credential:</span> {kept ?? 'none'}</span><button type="button" className={classes.linkButton} onClick={() => set({ credential: credentialFor(kind) })}>Change the credential…</button></div>;
  return <CredentialFields form={form.credential} onForm={(credential) => set({ credential })} needed={needsCredential(kind)} words={words[kind]} focused={kind === 'slack'} />;
}

export function QuietFields({ form, set }: TargetFieldsProps) {
  return (
    <div className={classes.quiet}>
      <label className={classes.tickLabel}><input type="checkbox" checked={form.quietOn} onChange={(event) => set({ quietOn: event.currentTarget.checked })} />Quiet hours: what is not urgent waits until they are over</label>
      {form.quietOn && (
        <div className={classes.quietLine}>
          from <input className={classes.time} aria-label="Quiet from" maxLength={5} placeholder="22:00" value={form.quietFrom} onChange={(event) => set({ quietFrom: event.currentTarget.value })} /> to <input className={classes.time} aria-label="Quiet to" maxLength={5} placeholder="07:00" value={form.quietTo} onChange={(event) => set({ quietTo: event.currentTarget.value })} />
          <span role="group" aria-label="Days on which they begin" className={classes.ticks}>{weekDays.map((day) => <label key={day.value} className={classes.tickLabel}><input type="checkbox" checked={form.quietDays.includes(day.value)} onChange={() => set({ quietDays: toggledIn(form.quietDays, day.value) })} />{day.label}</label>)}</span>
          <span className={classes.hint}>Local times of this machine; the days are those on which they begin.</span>
        </div>
      )}
    </div>
  );
}

/** A new kind starts anew, but for what is common to all. */
export const withKind = (form: TargetForm, kind: TargetKind): TargetForm => ({ ...emptyTarget, name: form.name, enabled: form.enabled, quietOn: form.quietOn, quietFrom: form.quietFrom, quietTo: form.quietTo, quietDays: form.quietDays, kind, credential: credentialFor(kind) });
