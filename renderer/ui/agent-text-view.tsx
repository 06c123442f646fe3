import { useState } from 'react';
import { boxLabel, inertText, type Segment } from './agent-text.ts';
import { CopyButton } from './copy-button.tsx';
import { formatCount, plural } from './format.ts';
import classes from './agent-text.module.css';

/** Code points shown before a block folds. */
const blockFold = 1200;
/** A row is one line of at most some hundred pixels: more text would only cost drawing. */
const rowFold = 160;

function Segments({ segments, oneLine = false }: { segments: readonly Segment[]; oneLine?: boolean }) {
  return segments.map((segment, index) => {
    if (segment.kind === 'box') return <span key={index} className={classes.box}>{boxLabel(segment)}</span>;
    if (segment.kind === 'emoji') return <span key={index} className={classes.emoji}>{segment.text}</span>;
    if (segment.kind === 'break') return oneLine ? <span key={index} className={classes.newline}>{' \u21B5 '}</span> : '\n';
    return segment.text;
  });
}

interface AgentTextProps {
  text: string;
  /** whose text it is: "What it wanted to send". */
  title: string;
  /** "the agent" (default), "the gateway", "the tool". */
  from?: string;
}

/** A block of text that an agent, tool or runtime wrote: looks like evidence, not like the console speaking. */
export function AgentText({ text, title, from = 'the agent' }: AgentTextProps) {
  const [unfolded, setUnfolded] = useState(false);
  const inert = inertText(text, unfolded ? Infinity : blockFold);
  return (
    <div className={classes.block} role="group" aria-label={`${title}, text from ${from}, inert`}>
      <div className={classes.head}>
        <span aria-hidden="true" className={classes.quote}>&rdquo;</span>
        <span>{title}, text from {from}, shown inert</span>
        <CopyButton value={text} label={`Copy ${title}`} className={classes.copy} />
      </div>
      <div dir="ltr" className={classes.body} tabIndex={0}>
        {text === '' ? <span className={classes.newline}>empty</span> : <Segments segments={inert.segments} />}
      </div>
      {(inert.invisible > 0 || inert.hidden > 0 || unfolded) && (
        <div className={classes.foot}>
          {inert.invisible > 0 && <span>{plural(inert.invisible, 'invisible character')} made visible</span>}
          {inert.hidden > 0 && <button type="button" className={classes.more} onClick={() => setUnfolded(true)}>{formatCount(inert.hidden)} more characters</button>}
          {unfolded && inert.hidden === 0 && <button type="button" className={classes.more} onClick={() => setUnfolded(false)}>Fold</button>}
        </div>
      )}
    </div>
  );
}

/** One line of agent text in a table row or feed. */
export function AgentLine({ text, most = rowFold }: { text: string; most?: number }) {
  const inert = inertText(text, most);
  return (
    <bdi dir="ltr" className={classes.line}>
      <span className="gh-visually-hidden">text from the agent, inert: </span>
      <Segments segments={inert.segments} oneLine />
      {inert.hidden > 0 && <span className={classes.newline}>{` ${formatCount(inert.hidden)} more`}</span>}
    </bdi>
  );
}

/** A name that a runtime reports (agent, tool, model, task): cleaned the same way, in the type around it. */
export function InertName({ text, most = 120 }: { text: string; most?: number }) {
  const inert = inertText(text, most);
  return (
    <bdi dir="ltr" className={classes.name}>
      <Segments segments={inert.segments} oneLine />
      {inert.hidden > 0 && <span className={classes.newline}>{` ${formatCount(inert.hidden)} more`}</span>}
    </bdi>
  );
}

/** Code points and line breaks of one value before it folds. */
const valueFold = 600;
const lineFold = 14;

/** How much of a value stands before its fold: so many code points, or so many lines, whichever ends first. */
function foldAt(text: string): number {
  let at = -1;
  for (let line = 0; line < lineFold; line += 1) {
    at = text.indexOf('\n', at + 1);
    if (at < 0) return valueFold;
  }
  return Math.min(valueFold, Array.from(text.slice(0, at)).length);
}

/** One value inside a block of agent text. `quoted`: a text, its quotes said by the console and not part of it. */
export function InertValue({ text, quoted }: { text: string; quoted: boolean }) {
  const [unfolded, setUnfolded] = useState(false);
  const inert = inertText(text, unfolded ? Infinity : foldAt(text));
  const quote = quoted ? <span className={classes.newline}>&quot;</span> : null;
  return (
    <span dir="ltr" className={classes.value}>
      {quote}{text === '' && !quoted ? <span className={classes.newline}>empty</span> : <Segments segments={inert.segments} />}{inert.hidden === 0 && quote}
      {inert.hidden > 0 && <button type="button" className={classes.fold} onClick={() => setUnfolded(true)}>Show all {formatCount(Array.from(text).length)} characters</button>}
      {unfolded && <button type="button" className={classes.fold} onClick={() => setUnfolded(false)}>Fold</button>}
    </span>
  );
}
