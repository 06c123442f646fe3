/** Where a person answers: always in sight below the request, one answer at a time, never before a second of looking. */
import { Button } from '@mantine/core';
import { useEffect, useId, useRef, useState, type RefObject } from 'react';
import type { AnswerKind, ApprovalDetail, Connection } from '../../../shared/domain.ts';
import { CallFailed, useEngineState } from '../../api/client.ts';
import { useKeys, type KeyBinding } from '../../app/keys.ts';
import { Changes } from '../../ui/changes.tsx';
import { auditorReason, useReadOnly } from '../../ui/read-only.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Id } from '../../ui/id.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { jsonFault } from '../../ui/json-text.ts';
import { StateShape } from '../../ui/state-shapes.tsx';
import { canEditCall, editableText, emptyDraft, firstMode, keepDraft, keptDraft, needsReason, readinessOf, reasonOf, withReason, type Draft } from './answer-draft.ts';
import { EditFields } from './edit-fields.tsx';
import type { Decide } from './use-decide.ts';
import classes from './approvals.module.css';

const lookMs = 1_000;

/** False for a second after anything else is shown: a key that was meant for what stood here before does nothing. */
function useLookedAt(shown: string): boolean {
  const [seen, setSeen] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSeen(shown), lookMs);
    return () => clearTimeout(timer);
  }, [shown]);
  return seen === shown;
}

const confirmWords: Record<AnswerKind, string> = { approve: 'Approve', reject: 'Reject', respond: 'Send answer', edit: 'Approve with changes' };
const openWords: Record<AnswerKind, string> = { approve: 'Approve', reject: 'Reject', respond: 'Respond', edit: 'Edit parameters' };
const letters: Partial<Record<AnswerKind, string>> = { reject: 'd', respond: 'r', edit: 'e' };
const order: readonly AnswerKind[] = ['reject', 'respond', 'edit', 'approve'];

/** Nothing can be answered from here: why, and where it can. */
function CannotAnswer({ detail, connection }: { detail: ApprovalDetail; connection: Connection | null }) {
  const address = connection?.runtime?.address ?? null;
  return (
    <div className={classes.answer}>
      <p className={classes.cannot}><StateShape state="no_stop_credential" className={classes.muted} /><span>
        <strong>It cannot be answered from here.</strong> {detail.note === null ? 'The runtime offers no answer that Gatehouse knows to be safe: a wrong one could spoil the task.' : <InertName text={detail.note} most={400} />} It waits at {detail.connectionName}{address === null ? '.' : <>, <Id id={address} whole /></>}
      </span></p>
    </div>
  );
}

interface ReasonProps { detail: ApprovalDetail; draft: Draft; onDraft: (draft: Draft) => void; field: RefObject<HTMLInputElement | null> }

function Reason({ detail, draft, onDraft, field }: ReasonProps) {
  const id = useId();
  const needed = needsReason(detail, draft.mode);
  const label = draft.mode === 'reject' ? 'Reason for the rejection, kept in the audit log; the runtime gets it where it takes one' : needed ? 'Reason, kept in the audit log; needed to approve what cannot be undone' : 'Reason, kept in the audit log; may stay empty';
  return (
    <div>
      <label htmlFor={id} className={classes.label}>{label}</label>
      <input ref={field} id={id} className={classes.reason} value={reasonOf(draft)} maxLength={4000} autoComplete="off" aria-required={needed} placeholder={draft.mode === 'reject' ? 'Why this must not happen' : 'Why this is right'} onChange={(event) => onDraft(withReason(draft, event.currentTarget.value))} />
    </div>
  );
}

function Response({ detail, draft, onDraft, field }: Omit<ReasonProps, 'field'> & { field: RefObject<HTMLTextAreaElement | null> }) {
  const id = useId();
  const json = detail.responseShape === 'json';
  const fault = json && draft.response.trim() !== '' ? jsonFault(draft.response) : null;
  return (
    <div>
      <label htmlFor={id} className={classes.label}>{json ? 'Answer as JSON, checked before it is sent' : 'Answer to the agent, sent as it stands'}</label>
      <textarea ref={field} id={id} className={`${classes.response} ${json ? classes.json : ''}`} rows={json ? 5 : 3} value={draft.response} maxLength={100_000} spellCheck={!json} aria-invalid={fault !== null} onChange={(event) => onDraft({ ...draft, response: event.currentTarget.value })} />
      {fault !== null && <p className={classes.fault}>Not JSON: {fault}</p>}
    </div>
  );
}

/** The draft of this approval, kept while the person looks at another one. */
function useDraft(detail: ApprovalDetail, first: AnswerKind): [Draft, (draft: Draft) => void] {
  const [draft, setDraft] = useState<Draft>(() => keptDraft(detail.id) ?? emptyDraft(first));
  return [draft, (next) => { keepDraft(detail.id, next); setDraft(next); }];
}

/** Refused before anything went out. Any other failure may have happened after the runtime got it. */
const surelyNotSent = (error: unknown): error is CallFailed => error instanceof CallFailed && ['conflict', 'bad_request', 'not_found', 'too_busy'].includes(error.code);

/** Stands as long as it is not read: also when the request was decided meanwhile and takes no answer any more. */
export function NotAnswered({ decide, waits }: { decide: Decide; waits: boolean }) {
  const { error, forget } = decide;
  if (error === null) return null;
  const kept = waits ? 'What you typed is still here.' : 'It is decided: see below.';
  if (surelyNotSent(error)) return <p className={classes.conflict} role="alert"><StateShape state="attention" className={classes.wait} /><span><strong>Your answer was not sent.</strong> {inertString(error.message, 600)} {kept}</span><button type="button" className={classes.linkButton} onClick={forget}>Seen</button></p>;
  return <ErrorBlock error={error} what="The answer failed." kept={`Unless this says that nothing was answered, the runtime may have got it: look at the state before you answer again. ${kept}`} />;
}

interface AnswerAreaProps { detail: ApprovalDetail; first: AnswerKind; decide: Decide }

function AnswerArea({ detail, first, decide }: AnswerAreaProps) {
  const [draft, setDraft] = useDraft(detail, first);
  const { send, busy } = decide;
  const engineThere = useEngineState().state === 'ready';
  const looked = useLookedAt(`${detail.id} ${detail.fingerprint}`);
  const reason = useRef<HTMLInputElement>(null);
  const response = useRef<HTMLTextAreaElement>(null);
  const area = useRef<HTMLDivElement>(null);
  const readiness = readinessOf(detail, draft);
  const readOnly = useReadOnly();
  const open = engineThere && looked && !busy && !readOnly;
  const confirm = (): void => { if (open && readiness.ready) send(readiness.decision); };
  const editable = detail.actions.some((_action, index) => canEditCall(detail, index));
  const offered = order.filter((mode) => detail.answers.includes(mode) && (mode !== 'edit' || editable));
  const show = (mode: AnswerKind): void => {
    const edits = mode === 'edit' && draft.edits.length === 0 ? detail.actions.map((action, index) => (canEditCall(detail, index) ? editableText(action.parameters) : null)) : draft.edits;
    setDraft({ ...draft, mode, edits });
    requestAnimationFrame(() => (mode === 'respond' ? response.current : mode === 'edit' ? area.current?.querySelector('textarea') : reason.current)?.focus());
  };
  const back = (): void => {
    if (document.activeElement instanceof HTMLElement && area.current?.contains(document.activeElement) === true) document.activeElement.blur();
    // What was typed stays with the draft; only the fields of this answer close.
    if (draft.mode !== first) setDraft({ ...draft, mode: first });
  };
  useAnswerKeys({ offered, mode: draft.mode, first, show, confirm, back });
  const says = readOnly ? auditorReason : !engineThere ? 'The engine is away: nothing can be answered now.' : busy ? 'The request is read again at the runtime, then the answer is sent.' : readiness.ready ? 'Holds for exactly this request; one changed byte asks again.' : readiness.misses;
  return (
    <div ref={area} className={classes.answer} role="group" aria-label="Answer">
      <NotAnswered decide={decide} waits />
      <Changes block><div className={classes.fields}>
        {draft.mode === 'respond' && <Response detail={detail} draft={draft} onDraft={setDraft} field={response} />}
        {draft.mode === 'edit' && <EditFields detail={detail} draft={draft} onDraft={setDraft} />}
        <Reason detail={detail} draft={draft} onDraft={setDraft} field={reason} />
      </div></Changes>
      <div className={classes.foot}>
        {draft.mode === first
          ? offered.filter((mode) => mode !== first).map((mode) => <Changes key={mode}><Button onClick={() => show(mode)} disabled={busy} rightSection={letters[mode] === undefined ? undefined : <Kbd keys={letters[mode]} />}>{openWords[mode]}</Button></Changes>)
          : <Button onClick={back} disabled={busy} rightSection={<Kbd keys="escape" />}>Back</Button>}
        <span className={classes.says} role="status">{says}</span>
        <Button className={classes.confirm} variant="filled" disabled={!open || !readiness.ready} onClick={confirm} rightSection={<Kbd keys="mod+enter" />}>{busy ? 'Sending…' : confirmWords[draft.mode]}</Button>
      </div>
    </div>
  );
}

interface AnswerKeys { offered: readonly AnswerKind[]; mode: AnswerKind; first: AnswerKind; show: (mode: AnswerKind) => void; confirm: () => void; back: () => void }

function useAnswerKeys({ offered, mode, first, show, confirm, back }: AnswerKeys): void {
  const bindings: KeyBinding[] = offered.filter((one) => one !== mode && letters[one] !== undefined).map((one) => ({ keys: letters[one] ?? '', does: openWords[one].toLowerCase(), changes: true, run: () => show(one) }));
  useKeys('Answer', [
    ...bindings,
    { keys: 'mod+enter', does: confirmWords[mode].toLowerCase(), changes: true, run: (event) => { if (!event.repeat) confirm(); } },
    ...(mode === first ? [] : [{ keys: 'escape', does: 'back to the first answer', whileTyping: true, run: back }]),
  ]);
}

export function AnswerPart({ detail, connection, decide }: { detail: ApprovalDetail; connection: Connection | null; decide: Decide }) {
  const first = firstMode(detail);
  if (detail.state !== 'waiting') return null;
  return first === null ? <CannotAnswer detail={detail} connection={connection} /> : <AnswerArea key={`${detail.id} ${detail.answers.join()}`} detail={detail} first={first} decide={decide} />;
}
