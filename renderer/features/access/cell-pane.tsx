/** What stands behind one cell of the matrix, or behind a whole row. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AccessCell, AccessColumn, AccessRow } from '../../../shared/access.ts';
import type { Result } from '../../../shared/contract.ts';
import { accessQueries } from '../../api/queries.ts';
import { go, placeHash, setParams } from '../../app/navigation.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { FromQuery } from '../../ui/blocks.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape, stateWord } from '../../ui/state-shapes.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { cellLooks, classSays, columnTitle, identityStates, noCellWord, undoWords } from './access-words.ts';
import { CellShape, UndoMark } from './cell-shape.tsx';
import { GrantPart } from './grant-part.tsx';
import { HoldersPart } from './holders-part.tsx';
import { Acts, AgentLink, Fact, Part } from './pane-parts.tsx';
import classes from './access.module.css';

type CellAnswer = Result<'access.cell'>;
const badgeTones: Record<string, string | undefined> = { deny: classes.deny, accent: classes.accent, wait: classes.waitBadge };

const arrows = [{ key: 'ArrowLeft', word: 'Cell to the left' }, { key: 'ArrowRight', word: 'Cell to the right' }, { key: 'ArrowUp', word: 'Cell above' }, { key: 'ArrowDown', word: 'Cell below' }] as const;

function Moves({ onMove }: { onMove: (key: string) => void }) {
  return <span className={classes.moves}>{arrows.map(({ key, word }) => <button key={key} type="button" className={classes.move} aria-label={word} data-tip={word} onClick={() => onMove(key)}><Kbd keys={key.toLowerCase()} /></button>)}</span>;
}

function CellBadge({ cell, notSeen }: { cell: AccessCell | null; notSeen: boolean }) {
  const look = cell === null ? null : cellLooks[cell.state];
  return <span className={`${classes.badge} ${look === null ? '' : badgeTones[look.tone] ?? ''}`} data-tip={look?.says}><CellShape state={cell?.state ?? (notSeen ? 'cannot_tell' : 'none')} />{look?.word ?? (notSeen ? 'Not seen' : noCellWord)}</span>;
}

function attemptsWord(cell: AccessCell): string {
  const all = cell.times === 0 ? 'denied each time' : 'denied';
  return `${plural(cell.denied, 'time')}, ${all}`;
}

function CellFacts({ answer, days }: { answer: CellAnswer; days: number }) {
  const { cell, column, grants } = answer;
  const undo = undoWords[column.reversibility];
  const from = [...new Set(grants.map((grant) => grant.connectionName ?? grant.from))];
  return (
    <dl className={classes.facts}>
      <Fact name="Granted">{cell === null || cell.grants === 0 ? <span className={cell !== null && cell.times > 0 ? classes.factWait : undefined}>no grant that was found</span> : <>yes, by {plural(cell.grants, 'grant')}{from.length > 0 && <> from <InertName text={from.slice(0, 2).join(', ')} most={80} />{from.length > 2 && ` and ${from.length - 2} more`}</>}</>}</Fact>
      <Fact name="Used">{answer.notSeen !== null || cell?.state === 'cannot_tell' ? <span className={classes.muted}>cannot be told</span> : cell === null || cell.times === 0 ? `never in ${formatCount(days)} days` : <>{plural(cell.times, 'time')}{cell.lastUsedAt !== null && <>, last <Age iso={cell.lastUsedAt} /> ago</>}</>}</Fact>
      <Fact name="Attempted">{cell === null || cell.denied === 0 ? 'no denied try was seen' : <span className={classes.factDeny}>{attemptsWord(cell)}{cell.lastDeniedAt !== null && <>, last <Age iso={cell.lastDeniedAt} /> ago</>}</span>}</Fact>
      <Fact name="Class"><span data-tip={classSays[column.class]}>{columnTitle({ resource: null, class: column.class }).toLowerCase()}</span></Fact>
      <Fact name="Undo class"><UndoMark mark={undo.mark} /> <span data-tip={undo.says}>{undo.word}</span></Fact>
      {cell?.shared === true && <Fact name="Shared"><span className={classes.factWait}>by a credential that others hold too</span></Fact>}
      {cell?.expiring === true && <Fact name="Ends"><span className={classes.factWait}>soon; see its grants</span></Fact>}
      {cell?.fresh === true && <Fact name="New">first seen a short while ago</Fact>}
    </dl>
  );
}

function Others({ answer }: { answer: CellAnswer }) {
  if (answer.others.length === 0) return <p className={classes.muted}>Nobody else that is known here.</p>;
  return (
    <ul className={classes.others}>
      {answer.others.map((other) => <li key={other.agentId}><AgentLink id={other.agentId} name={other.name} />, {other.times === 0 ? 'never used it' : <>used {plural(other.times, 'time')}{other.lastUsedAt !== null && <>, last <Age iso={other.lastUsedAt} /> ago</>}</>}</li>)}
    </ul>
  );
}

function CellBody({ answer, row, days }: { answer: CellAnswer; row: AccessRow; days: number }) {
  return (
    <>
      {answer.notSeen !== null && <p className={classes.note}><StateShape state="not_seen" /><InertName text={answer.notSeen} most={300} /></p>}
      <CellFacts answer={answer} days={days} />
      {answer.grants.length > 0 && (
        <Part title="Granted by" aside={answer.moreGrants > 0 ? `${formatCount(answer.grants.length)} of ${formatCount(answer.grants.length + answer.moreGrants)}` : undefined}>
          <ul className={classes.grants}>{answer.grants.map((grant) => <GrantPart key={grant.id} grant={grant} opened={answer.grants.length === 1} />)}</ul>
        </Part>
      )}
      {answer.attempts.length > 0 && <Part title="Attempts" aside="newest first"><Acts label="Attempts" rows={answer.attempts} withAgent={row.holder === 'connection'} /></Part>}
      {answer.uses.length > 0 && <Part title="Uses" aside="newest first"><Acts label="Uses" rows={answer.uses} withAgent={row.holder === 'connection'} /></Part>}
      <Part title="Who else can"><Others answer={answer} /></Part>
    </>
  );
}

function PaneTitle({ row, title }: { row: AccessRow; title: string | null }) {
  const identity = identityStates[row.identity] ?? 'unknown';
  const name = <InertName text={row.name} most={80} />;
  return (
    <div className={classes.titles}>
      <h3 className={classes.title}>{title === null ? name : <InertName text={title} most={120} />}</h3>
      <p className={classes.subtitle}>
        {title !== null && (row.holder === 'agent' ? <a className={classes.link} href={placeHash({ screen: 'agent', id: row.id })}>{name}</a> : <span>{name}</span>)}
        {row.holder === 'agent' ? <StateBadge state={identity} word={`${stateWord(identity)} identity`} /> : <span>everybody who holds the credential of this connection</span>}
      </p>
    </div>
  );
}

function RowButtons({ row }: { row: AccessRow }) {
  if (row.holder !== 'agent') return null;
  return (
    <div className={classes.buttons}>
      <Button onClick={() => setParams({ propose: row.id })}>Least that its work needs…</Button>
      <Button onClick={() => go({ screen: 'agent', id: row.id, params: { tab: 'access' } })}>Open agent</Button>
    </div>
  );
}

interface CellPaneProps { row: AccessRow; column: AccessColumn; days: number; onMove: (key: string) => void }

export function CellPane({ row, column, days, onMove }: CellPaneProps) {
  const query = useQuery(accessQueries.cell({ rowId: row.id, columnId: column.id, unusedDays: days }));
  // While the next cell is read, name and content are both still those of the one before.
  const [read, setRead] = useState({ row, column });
  if (!query.isPlaceholderData && (read.row !== row || read.column !== column)) setRead({ row, column });
  const shown = query.isPlaceholderData ? read : { row, column };
  return (
    <Panel fill flush title="Cell" aside={<Moves onMove={onMove} />}>
      <div className={classes.pane}>
        <FromQuery query={query} what="Reading what stands behind it" failed="What stands behind this cell could not be read." rows={8} height={26}>
          {(answer) => (
            <>
              <div className={classes.badgeLine}><CellBadge cell={answer.cell} notSeen={answer.notSeen !== null} /><LastAt cell={answer.cell} /></div>
              <PaneTitle row={shown.row} title={columnTitle(shown.column)} />
              <CellBody key={`${shown.row.id} ${shown.column.id}`} answer={answer} row={shown.row} days={days} />
              <RowButtons row={shown.row} />
            </>
          )}
        </FromQuery>
      </div>
    </Panel>
  );
}

/** When the last of it was, a try or a use. */
function LastAt({ cell }: { cell: AccessCell | null }) {
  const last = [cell?.lastDeniedAt, cell?.lastUsedAt].filter((iso) => typeof iso === 'string').toSorted().at(-1);
  return last === undefined ? null : <Time iso={last} />;
}

/** Of a whole row: what the holder has, and what of that was never touched. */
export function RowPane({ row, days, onMove }: { row: AccessRow; days: number; onMove: (key: string) => void }) {
  return (
    <Panel fill flush title={row.holder === 'agent' ? 'Agent' : 'Credential'} aside={<Moves onMove={onMove} />}>
      <div className={classes.pane}>
        <PaneTitle row={row} title={null} />
        <dl className={classes.facts}>
          <Fact name="Holds">{plural(row.held, 'grant')}</Fact>
          <Fact name="Used">{row.notSeen === null ? <>{formatCount(row.used)} of them in {formatCount(days)} days</> : 'cannot be told'}</Fact>
          <Fact name="Never">{row.notSeen === null ? formatCount(Math.max(0, row.held - row.used)) : 'cannot be told'}</Fact>
          <Fact name="Findings">{row.findings === 0 ? 'none open' : <a className={classes.link} href={placeHash({ screen: 'access', params: { tab: 'findings', agent: row.id } })}>{plural(row.findings, 'finding')}</a>}</Fact>
        </dl>
        {row.notSeen !== null && <p className={classes.note}><StateShape state="not_seen" /><InertName text={row.notSeen} most={300} /></p>}
        {row.holder === 'connection' && <HoldersPart connectionId={row.id} />}
        <RowButtons row={row} />
      </div>
    </Panel>
  );
}
