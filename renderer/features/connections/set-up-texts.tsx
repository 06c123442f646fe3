import { useId, useState, type KeyboardEvent } from 'react';
import type { Snippet } from '../../../shared/domain.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { maskToken } from './mask-token.ts';
import classes from './set-up-texts.module.css';

const order: readonly Snippet['id'][] = ['claude-code', 'codex', 'gemini-cli', 'vercel-ai-sdk', 'openai-agents', 'langchain', 'otel-env'];

interface SetUpTextsProps { snippets: readonly Snippet[]; token: string; onCopied?: () => void }

/** Ready-made set-up texts in tabs. The token is masked on screen; the copy carries it. */
export function SetUpTexts({ snippets, token, onCopied }: SetUpTextsProps) {
  const id = useId();
  const sorted = snippets.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  const [chosenId, setChosenId] = useState<Snippet['id'] | null>(null);
  const chosen = sorted.find((one) => one.id === chosenId) ?? sorted[0];
  if (chosen === undefined) return null;
  const keyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = sorted[(sorted.indexOf(chosen) + step + sorted.length) % sorted.length];
    if (next === undefined) return;
    setChosenId(next.id);
    document.getElementById(`${id}-${next.id}`)?.focus();
  };
  return (
    <div className={classes.texts}>
      <div role="tablist" tabIndex={-1} aria-label="Set these where the agent runs" className={classes.tabs} onKeyDown={keyDown}>
        {sorted.map((one) => (
          <button key={one.id} id={`${id}-${one.id}`} type="button" role="tab" aria-selected={one === chosen} aria-controls={`${id}-panel`} tabIndex={one === chosen ? 0 : -1}
            className={`${classes.tab} ${one === chosen ? classes.on : ''}`} onClick={() => setChosenId(one.id)}>{one.title}</button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${chosen.id}`}>
        <div className={classes.where}>{chosen.where}</div>
        <pre className={classes.code} tabIndex={0} aria-label={`${chosen.title}, set-up text, token masked`}>{maskToken(chosen.text, token)}</pre>
        <div className={classes.act}>
          <CopyButton value={chosen.text} label={`Copy with token: ${chosen.title}`} text="Copy with token" {...(onCopied === undefined ? {} : { onCopied })} />
          <span className={classes.note}>The token is in the copy, and is not shown again after this window is closed.</span>
        </div>
        {chosen.notes.length > 0 && <ul className={classes.notes}>{chosen.notes.map((note) => <li key={note}>{note}</li>)}</ul>}
      </div>
    </div>
  );
}
