/** The drawing of a graph: one stop for the keyboard, arrows walk along its edges. What it shows stands as a list beside it too. */
import { Background, BaseEdge, Controls, getBezierPath, Handle, MarkerType, MiniMap, Position, ReactFlow, useReactFlow, useStore, type Edge, type EdgeProps, type Node, type NodeProps } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { IconApi, IconBox, IconBoxMultiple, IconKey, IconPlug, IconRobot, IconUser } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { InertName } from '../../ui/agent-text-view.tsx';
import { formatCount } from '../../ui/format.ts';
import { StateShape } from '../../ui/state-shapes.tsx';
import { edgeWidth, neighboursOf, nodeSize, nodeWords, placer, stepFrom, type GraphEdge, type Placed, type Shown, type ShownNode } from './graph-model.ts';
import classes from './graph.module.css';

type BoxNode = Node<{ node: ShownNode; look: 'plain' | 'chosen' | 'near' | 'far' | 'found'; tab: boolean; step: (id: string, event: KeyboardEvent) => void }, 'box'>;
type LineEdge = Edge<{ edge: GraphEdge; width: number; far: boolean }, 'line'>;

const icons = { person: IconUser, agent: IconRobot, tool: IconApi, resource: IconBox, credential: IconKey, connection: IconPlug, group: IconBoxMultiple };

function Box({ id, data: { node, look, tab, step } }: NodeProps<BoxNode>) {
  const Icon = icons[node.kind];
  return (
    <>
      <Handle type="target" position={Position.Left} className={classes.handle ?? ''} isConnectable={false} />
      <button type="button" data-node={id} tabIndex={tab ? 0 : -1} aria-pressed={look === 'chosen'} aria-label={nodeWords(node)} className={`${classes.box} ${classes[node.kind]} ${classes[look]}`} onKeyDown={(event) => step(id, event)}>
        {node.identity === null ? <Icon size={14} stroke={1.75} aria-hidden="true" /> : <StateShape state={node.identity} />}
        <span className={classes.boxName}><InertName text={node.name} most={60} /></span>
        <span className={classes.boxCount}>{node.volume > 0 ? formatCount(node.volume) : ''}{node.failures > 0 && <span className={classes.failed}> {formatCount(node.failures)}<StateShape state="failed" size={9} /></span>}{node.denials > 0 && <span className={classes.denied}> {formatCount(node.denials)}<StateShape state="denied" size={9} /></span>}</span>
      </button>
      <Handle type="source" position={Position.Right} className={classes.handle ?? ''} isConnectable={false} />
    </>
  );
}

function Line({ id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, markerEnd, data }: EdgeProps<LineEdge>) {
  const [path] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  if (data === undefined) return null;
  const { edge, width, far } = data;
  const look = edge.failures > 0 && edge.failures >= edge.volume / 2 ? classes.failing : edge.denials > 0 && edge.denials >= edge.volume / 2 ? classes.denying : edge.kind === 'holds' ? classes.holding : edge.kind === 'acts_as' || edge.kind === 'on_behalf_of' ? classes.authority : classes.line;
  return <BaseEdge id={id} path={path} className={`${look} ${far ? classes.farLine : ''}`} style={{ strokeWidth: width }} {...(markerEnd === undefined ? {} : { markerEnd })} />;
}

const nodeTypes = { box: Box };
const edgeTypes = { line: Line };
const arrows = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'] as const;
const isArrow = (key: string): key is (typeof arrows)[number] => (arrows as readonly string[]).includes(key);

interface CanvasProps {
  readonly shown: Shown;
  readonly chosen: string | null;
  readonly found: ReadonlySet<string>;
  readonly label: string;
  readonly onChoose: (id: string | null) => void;
  /** Enter on the chosen one: go into it. */
  readonly onOpen: (id: string) => void;
}

export function GraphCanvas({ shown, chosen, found, label, onChoose, onOpen }: CanvasProps) {
  const [placeOnce] = useState(placer);
  const places = placeOnce(shown);
  const around = useMemo(() => neighboursOf(shown.edges), [shown]);
  const frame = useRef<HTMLDivElement>(null);
  const present = shown.nodes.find(({ id }) => id === chosen);
  const near = present === undefined ? null : around.get(present.id) ?? new Set<string>();
  const first = present ?? shown.nodes[0];
  const step = (id: string, event: KeyboardEvent): void => {
    if (event.key === 'Enter' && id === chosen) {
      event.preventDefault();
      onOpen(id);
    }
    if (event.key === 'Escape' && chosen !== null) {
      event.preventDefault();
      onChoose(null);
    }
    if (!isArrow(event.key)) return;
    event.preventDefault();
    const to = stepFrom(id, event.key, shown.edges, places);
    if (to === null) return;
    onChoose(to);
    // It may only get its place in the tab order with the next drawing.
    requestAnimationFrame(() => frame.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(to)}"]`)?.focus());
  };
  const look = (id: string): BoxNode['data']['look'] => (id === chosen ? 'chosen' : found.has(id) ? 'found' : near === null ? (found.size > 0 ? 'far' : 'plain') : near.has(id) ? 'near' : 'far');
  const nodes: BoxNode[] = shown.nodes.map((node) => ({ id: node.id, type: 'box', position: places.get(node.id) ?? { x: 0, y: 0 }, width: nodeSize.width, height: nodeSize.height, data: { node, look: look(node.id), tab: node.id === first?.id, step } }));
  const most = shown.edges.reduce((all, { volume }) => Math.max(all, volume), 0);
  const edges: LineEdge[] = shown.edges.map((edge) => ({
    id: `${edge.from}\n${edge.to}\n${edge.kind}`, source: edge.from, target: edge.to, type: 'line', focusable: false, markerEnd: { type: MarkerType.ArrowClosed, width: 12, height: 12, markerUnits: 'userSpaceOnUse', color: 'var(--gh-line-strong)' },
    data: { edge, width: edgeWidth(edge.volume, most), far: near !== null && edge.from !== chosen && edge.to !== chosen },
  }));
  return (
    <div ref={frame} className={classes.canvas} role="group" aria-label={label}>
      <ReactFlow<BoxNode, LineEdge>
        nodes={nodes} edges={edges} nodeTypes={nodeTypes} edgeTypes={edgeTypes} nodesDraggable={false} nodesConnectable={false} nodesFocusable={false} edgesFocusable={false} elementsSelectable={false}
        disableKeyboardA11y deleteKeyCode={null} selectionKeyCode={null} multiSelectionKeyCode={null} minZoom={0.15} maxZoom={1.5} panOnScroll zoomOnDoubleClick={false} proOptions={{ hideAttribution: true }}
        onPaneClick={() => onChoose(null)} onNodeClick={(_event, node) => onChoose(node.id)} onNodeDoubleClick={(_event, node) => onOpen(node.id)}
      >
        <Background gap={24} size={1} color="var(--gh-line)" />
        <Controls showInteractive={false} className={classes.controls ?? ''} fitViewOptions={{ padding: 0.06, maxZoom: 1 }} />
        {shown.nodes.length > manyNodes && <MiniMap pannable ariaLabel="The whole graph, small" className={classes.map ?? ''} nodeColor="var(--gh-line-strong)" maskColor="var(--gh-scrim)" nodeStrokeWidth={0} />}
        <Show places={places} found={found} chosen={chosen} />
      </ReactFlow>
    </div>
  );
}

/** Above this it does not fit into a window at a size that can be read. */
const manyNodes = 30;
const leastZoom = 0.8;
const margin = 12;

/** A new graph is shown whole, or from its top left corner where it would be too small to read; what is searched for or walked to is brought into view. */
function Show({ places, found, chosen }: { places: ReadonlyMap<string, Placed>; found: ReadonlySet<string>; chosen: string | null }) {
  const flow = useReactFlow();
  const [width, height] = [useStore((state) => state.width), useStore((state) => state.height)];
  useEffect(() => {
    if (width === 0 || places.size === 0) return;
    const [right, bottom] = [Math.max(...[...places.values()].map(({ x }) => x)) + nodeSize.width, Math.max(...[...places.values()].map(({ y }) => y)) + nodeSize.height];
    const whole = Math.min((width - 2 * margin) / right, (height - 2 * margin) / bottom);
    const zoom = Math.min(1, Math.max(leastZoom, whole));
    void flow.setViewport({ x: Math.max(margin, (width - right * zoom) / 2), y: Math.max(margin, (height - bottom * zoom) / 2), zoom });
  }, [flow, places, width, height]);
  const wanted = [...found].join('\n');
  useEffect(() => {
    if (wanted !== '') void flow.fitView({ padding: 0.4, maxZoom: 1, nodes: wanted.split('\n').map((id) => ({ id })) });
  }, [flow, wanted]);
  useEffect(() => {
    const at = chosen === null ? undefined : places.get(chosen);
    if (at === undefined || width === 0) return;
    const { x, y, zoom } = flow.getViewport();
    const [left, top] = [at.x * zoom + x, at.y * zoom + y];
    if (left < 0 || top < 0 || left + nodeSize.width * zoom > width || top + nodeSize.height * zoom > height) void flow.setCenter(at.x + nodeSize.width / 2, at.y + nodeSize.height / 2, { zoom: Math.max(zoom, leastZoom) });
  }, [flow, chosen, places, width, height]);
  return null;
}
