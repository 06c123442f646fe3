/** Grant documents that people imported: policies, scope lists, declarations that no connection tells by itself. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { GrantDocument } from '../../../shared/access.ts';
import { accessQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { setParams, usePlace } from '../../app/navigation.ts';
import { detailStored } from '../../app/sidebar-state.ts';
import { inertString } from '../../ui/agent-text.ts';
import { AgentText, InertName } from '../../ui/agent-text-view.tsx';
import { Empty, ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { DataTable, useDataTable, type DataColumn, type TableSort } from '../../ui/data-table.tsx';
import { step } from '../../ui/data-table-order.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { formatBytes, formatCount, plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Time } from '../../ui/time.tsx';
import { documentRoleWords, enforcementWords, formatWords, understandingWords } from './access-words.ts';
import { ImportDialog } from './import-dialog.tsx';
import { AgentLink, Fact } from './pane-parts.tsx';
import { useRemoveDocument } from './use-access-commands.ts';
import classes from './access.module.css';

const agentsLine = (row: GrantDocument): string => row.agents.slice(0, 3).map((agent) => inertString(agent.name, 30)).join(', ') + (row.agents.length > 3 ? ` and ${row.agents.length - 3} more` : '');
const kindWord = (row: GrantDocument): string => (row.format === 'iam' && row.role !== 'identity' ? `${formatWords.iam.word}, ${documentRoleWords[row.role].word.toLowerCase()}` : formatWords[row.format].word);

const columns: readonly DataColumn<GrantDocument>[] = [
  { id: 'name', head: 'Document, for', name: 'Document and agents', min: 190, grow: 1.6, fixed: true, sortBy: (row) => row.name, cell: (row) => <span className={classes.two}><span className={classes.twoFirst}><strong className={classes.strong}><InertName text={row.name} most={80} /></strong></span><span className={classes.twoSecond}>{agentsLine(row)}</span></span> },
  { id: 'format', head: 'Format', name: 'Format', min: 180, grow: 1, sortBy: kindWord, cell: (row) => <span className={classes.cut}>{kindWord(row)}</span> },
  { id: 'understood', head: 'Read', name: 'How it was read', min: 142, grow: 0.6, sortBy: (row) => row.understood, cell: (row) => <StateBadge {...understandingWords[row.understood]} /> },
  { id: 'grants', head: 'Grants', name: 'Grants', min: 58, grow: 0, end: true, first: 'down', sortBy: (row) => row.grants, cell: (row) => formatCount(row.grants) },
  { id: 'added', head: 'Added', name: 'Added', min: 124, grow: 0, end: true, first: 'down', sortBy: (row) => Date.parse(row.addedAt), cell: (row) => <span className={classes.muted}><Time iso={row.addedAt} short /></span> },
];

function RemoveDialog({ document, onClose }: { document: GrantDocument; onClose: () => void }) {
  const remove = useRemoveDocument();
  const act = (): void => { if (!remove.isPending) remove.mutate({ id: document.id }, { onSuccess: onClose }); };
  return (
    <Dialog title="Remove grant document" subject={inertString(document.name, 80)} onClose={onClose} onConfirm={act}
      foot={<><Button data-autofocus onClick={onClose}>Cancel</Button><Button variant="filled" disabled={remove.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{remove.isPending ? 'Removing…' : 'Remove document'}</Button></>}>
      <p>{plural(document.grants, 'grant')} of {plural(document.agents.length, 'agent')} {document.grants === 1 ? 'is' : 'are'} then unknown to this console: {agentsLine(document)}. At the runtime nothing changes; they stay permitted there. The audit log keeps that it was removed.</p>
      {remove.error !== null && <ErrorBlock error={remove.error} what="The document was not removed." kept="It stands as before." />}
    </Dialog>
  );
}

function DocumentPane({ document, onRemove }: { document: GrantDocument; onRemove: () => void }) {
  const query = useQuery(accessQueries.document(document.id));
  return (
    <Panel fill flush title="Document" aside={formatBytes(document.bytes)}>
      <div className={classes.pane}>
        <div className={classes.badgeLine}><StateBadge header {...understandingWords[document.understood]} /><Time iso={document.addedAt} short /></div>
        <div className={classes.titles}><h3 className={classes.title}><InertName text={document.name} most={200} /></h3><p className={classes.subtitle}>{kindWord(document)}, {plural(document.grants, 'grant')}</p></div>
        <dl className={classes.facts}>
          <Fact name="For">{document.agents.map((agent, index) => <span key={agent.id}>{index > 0 && ', '}<AgentLink id={agent.id} name={agent.name} tab="access" /></span>)}</Fact>
          {document.credential !== null && <Fact name="Held by"><InertName text={document.credential.name} most={200} /></Fact>}
          <Fact name="Held to it"><span data-tip={enforcementWords[document.enforcement].says}>{enforcementWords[document.enforcement].word}</span></Fact>
          <Fact name="Imported"><Time iso={document.addedAt} /> by <InertName text={document.addedBy} most={60} /></Fact>
        </dl>
        <FromQuery query={query} what="Reading the document" failed="The document could not be read." rows={4}>
          {({ text, problems }) => (
            <>
              {problems.map((problem) => <p key={problem} className={classes.caution}><StateShape state="attention" /><InertName text={problem} most={400} /></p>)}
              <AgentText title="Source" text={text} from="the document" />
            </>
          )}
        </FromQuery>
        <div className={classes.buttons}><Changes><Button onClick={onRemove}>Remove…</Button></Changes></div>
      </div>
    </Panel>
  );
}

function List({ rows, chosenId, text }: { rows: readonly GrantDocument[]; chosenId: string | null; text: string }) {
  const [sort, setSort] = useState<TableSort>({ id: 'added', down: true });
  const detailShown = detailStored.use();
  const [removing, setRemoving] = useState<GrantDocument | null>(null);
  const shown = useMemo(() => rows.filter((row) => `${row.name} ${agentsLine(row)} ${kindWord(row)} ${row.credential?.name ?? ''}`.toLowerCase().includes(text.trim().toLowerCase())), [rows, text]);
  // Only people change this list: what they add or remove is seen at once, in its place.
  const model = useDataTable({ rows: shown, rowId: (row) => row.id, columns, hidden: [], sort, scope: `${text}|${rows.length}` });
  const chosen = model.rows.find((row) => row.id === chosenId) ?? model.rows[0];
  const choose = (id: string | null): void => setParams({ document: id });
  const move = (by: number) => (): void => choose(step(model.order, chosen?.id ?? null, by));
  useKeys('Documents', [
    { keys: 'j', does: 'next document', run: move(1) }, { keys: 'k', does: 'document before', run: move(-1) }, { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: 'n', does: 'import a document', changes: true, run: () => setParams({ import: '1' }) }, { keys: 'escape', does: 'clear the filter', run: () => setParams({ q: null }) },
  ]);
  const empty = rows.length === 0
    ? <Empty title="Policies and scope lists that no connection tells will stand here" why="Nothing was imported. IAM and Cedar policies, OAuth scopes, app roles and own declarations of network reach, data stores and budgets are read on this machine and joined with what agents did." action={<Changes><Button onClick={() => setParams({ import: '1' })} rightSection={<Kbd keys="n" />}>Import a document…</Button></Changes>} />
    : <Empty title="No document fits this filter" why={`On: text “${text.trim()}”.`} action={<Button onClick={() => setParams({ q: null })} rightSection={<Kbd keys="escape" />}>Clear the filter</Button>} />;
  return (
    <>
      <div className={classes.listPanes}>
        <div className={classes.leftPane}><h2 className="gh-visually-hidden">Grant documents</h2><div className={classes.table}><DataTable label="Grant documents" model={model} sort={sort} onSort={setSort} selectable={false} focused={chosen?.id ?? null} onFocus={choose} onOpen={choose} rowHeight={42} rowName={(row) => `${inertString(row.name, 80)}, ${kindWord(row)}`} empty={empty} /></div></div>
        {detailShown && chosen !== undefined && <aside className={classes.rightPane} aria-label="Document" data-region tabIndex={-1}><DocumentPane key={chosen.id} document={chosen} onRemove={() => setRemoving(chosen)} /></aside>}
      </div>
      {rows.length > 0 && <div className={classes.under}><span>{formatCount(model.order.length)} of {plural(rows.length, 'document')} shown.</span><KeyHints hints={[{ keys: ['j', 'k'], does: 'move' }, { keys: ['n'], does: 'import', changes: true }]} /></div>}
      {removing !== null && <RemoveDialog document={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

export function DocumentsTab() {
  const { params } = usePlace();
  const query = useQuery(accessQueries.documents());
  const text = params['q'] ?? '';
  return (
    <>
      <div className={classes.bar}>
        <SearchField value={text} onChange={(next) => setParams({ q: next === '' ? null : next.slice(0, 200) })} placeholder="Name, agent, credential" label="Filter documents" />
        <span className={classes.barEnd}><span>Read on this machine, sent nowhere.</span><Changes><Button onClick={() => setParams({ import: '1' })} rightSection={<Kbd keys="n" />}>Import a document…</Button></Changes></span>
      </div>
      <FromQuery query={query} what="Reading documents" failed="The documents could not be read." height={42}>{({ rows }) => <List rows={rows} chosenId={params['document'] ?? null} text={text} />}</FromQuery>
      {params['import'] === '1' && <ImportDialog onClose={() => setParams({ import: null })} />}
    </>
  );
}
