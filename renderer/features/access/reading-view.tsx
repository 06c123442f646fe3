/** How a document reads: each part with its classes, and what was not understood, word for word. */
import type { DocumentReading, GrantReading } from '../../../shared/access.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { classWords, understandingWords, undoWords } from './access-words.ts';
import { UndoMark } from './cell-shape.tsx';
import { grantKinds } from './grant-words.ts';
import { figuresOf } from './import-form.ts';
import classes from './access.module.css';

const most = 200;
const patternsMost = 6;

function PatternLine({ word, patterns }: { word: string; patterns: readonly string[] }) {
  if (patterns.length === 0) return null;
  return <span className={classes.small}><span className={classes.muted}>{word} </span><code><InertName text={patterns.slice(0, patternsMost).join(', ')} most={300} /></code>{patterns.length > patternsMost && <span className={classes.muted}> and {formatCount(patterns.length - patternsMost)} more</span>}</span>;
}

function ReadingRow({ one }: { one: GrantReading }) {
  const look = understandingWords[one.understood];
  return (
    <li className={classes.reading}>
      <span className={classes.readingHead}>
        <strong className={classes.strong}><InertName text={one.name} most={80} /></strong>
        <span className={classes.muted}>{grantKinds[one.kind]}</span>
        <StateBadge state={one.effect === 'deny' ? 'denied' : 'completed'} word={one.effect === 'deny' ? 'Denies' : 'Allows'} />
        {one.understood !== 'whole' && <StateBadge state={look.state} word={look.word} />}
      </span>
      {one.classes.length > 0 && <span className={classes.readingHead}>{one.classes.map((facet) => <span key={facet.class} data-tip={undoWords[facet.reversibility].says}>{classWords[facet.class]} <UndoMark mark={undoWords[facet.reversibility].mark} /></span>)}</span>}
      <PatternLine word="actions" patterns={one.actions} />
      <PatternLine word="on" patterns={one.resources} />
      <PatternLine word="under" patterns={one.conditions} />
      {one.notUnderstood.map((part) => <span key={part} className={classes.note}><StateShape state="unknown" className={classes.wait} /><span>Not understood: <code><InertName text={part} most={400} /></code></span></span>)}
    </li>
  );
}

export function ReadingView({ reading }: { reading: DocumentReading }) {
  const figures = figuresOf(reading);
  const look = understandingWords[reading.understood];
  return (
    <>
      <div className={classes.badgeLine}><StateBadge header state={look.state} word={look.word} /><span>{plural(figures.readings, 'part')}: {formatCount(figures.allows)} allow, {formatCount(figures.denies)} deny</span></div>
      {(figures.partly > 0 || figures.not > 0) && <p className={classes.caution}><StateShape state="attention" /><span>{formatCount(figures.whole)} of {plural(figures.readings, 'part')} understood whole, {formatCount(figures.partly)} partly, {formatCount(figures.not)} not. What is not understood counts as permission of an unknown kind and stays on the screens.</span></p>}
      {reading.problems.map((problem) => <p key={problem} className={classes.caution}><StateShape state="attention" /><InertName text={problem} most={400} /></p>)}
      {figures.readings === 0
        ? <p className={classes.muted}>It says nothing that permits or denies anything.</p>
        : <ul className={classes.readings}>{reading.readings.slice(0, most).map((one, index) => <ReadingRow key={`${index} ${one.name}`} one={one} />)}</ul>}
      {figures.readings > most && <p className={classes.muted}>and {formatCount(figures.readings - most)} more, which are imported with them.</p>}
    </>
  );
}
