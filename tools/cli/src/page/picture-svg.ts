/** Draws the picture as SVG. The node of a group links to the card of the group. */
import { Graph, layout } from '@dagrejs/dagre';
import stringWidth from 'string-width';
import { countWithNoun } from '../render/counted.js';
import { renderCutInMiddle } from '../render/table.js';
import { html, NOTHING, type Markup } from './markup.js';
import type { FlowKind, PageModel } from './page-model.js';
import type { Picture, PictureEdge, PictureNode } from './picture.js';

type Box = ReturnType<Graph['node']>;
type Line = ReturnType<Graph['edge']>;

/** The maximum width of a character at the font sizes of page.css, in pixels. */
const LABEL_CHARACTER = 8;
const SMALL_CHARACTER = 6.6;
const MAX_LABEL = 22;
const MAX_DETAIL = 26;
const NODE_HEIGHT = 40;
const PILL_HEIGHT = 28;
const EDGE_LABEL_HEIGHT = 18;
/** The height of the VPC's name above its nodes. */
const VPC_TITLE_HEIGHT = 18;
const VPC_PADDING = 8;
const MARGIN = 12;
/** The maximum number of boxes around VPCs. More boxes would restrict the layout too much, and the lines would become long. */
const MAX_VPC_BOXES = 4;
/** A wider picture scrolls, because its text would be too small if it were scaled down to the screen. */
const MAX_SCALED_WIDTH = 1150;
const MAX_SCALED_HEIGHT = 760;
/** The key of the invisible node at the left. No group has this id. */
const ROOT = 'root';

/** @param anchorOf returns the id of the group's element in the page, or `undefined` if the page has no element for the group */
export function pictureSvg(
  { nodes, edges }: Picture,
  badWord: PageModel['badWord'],
  anchorOf: (groupId: string) => string | undefined,
): Markup {
  const graph = new Graph({ directed: true, multigraph: true, compound: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 14, edgesep: 14, ranksep: 22, marginx: MARGIN, marginy: MARGIN + VPC_TITLE_HEIGHT });
  for (const node of nodes) graph.setNode(node.key, pictureNodeSize(node));
  for (const edge of edges) {
    const width = Math.ceil(stringWidth(edgeLabelText(edge)) * SMALL_CHARACTER) + 10;
    graph.setEdge(edge.from, edge.to, { width, height: EDGE_LABEL_HEIGHT, labelpos: 'c', weight: edge.kind === 'bad' ? 3 : 1 }, edge.kind);
  }
  // An edge from the invisible node to each source, such as the internet, makes the layout put the sources at the left.
  graph.setNode(ROOT, { width: 0, height: 0 });
  for (const { key, kind } of nodes) if (kind !== 'group' && !key.startsWith('to ')) graph.setEdge(ROOT, key, { weight: 20 });
  const vpcs = [...new Set(nodes.flatMap(({ vpc }) => vpc ?? []))];
  const isClustered = vpcs.length > 1 && vpcs.length <= MAX_VPC_BOXES;
  if (isClustered) {
    for (const vpc of vpcs) graph.setNode(vpcClusterKey(vpc), {});
    for (const { key, vpc } of nodes) if (vpc !== undefined) graph.setParent(key, vpcClusterKey(vpc));
  }
  layout(graph);
  const { width: whole, height } = graph.graph();
  const boxOf = (key: string): Box => graph.node(key);
  const left = Math.floor(Math.min(...nodes.map(({ key }) => boxOf(key).x - boxOf(key).width / 2))) - MARGIN;
  const width = Math.ceil(whole) - left;
  const groups = nodes.filter(({ kind }) => kind === 'group').reduce((sum, { groupIds }) => sum + groupIds.length, 0);
  return html`<svg
    class="picture ${width <= MAX_SCALED_WIDTH && height <= MAX_SCALED_HEIGHT ? 'scaled' : ''}"
    role="group"
    aria-label="A picture of ${countWithNoun(groups, 'group')}. The list below it says the same."
    viewBox="${left} 0 ${width} ${Math.ceil(height)}"
    width="${width}"
    height="${Math.ceil(height)}"
  >
    <defs>${KINDS.map(svgArrowHead)}</defs>
    ${isClustered ? vpcs.map((vpc) => svgVpcBox(vpc, boxOf(vpcClusterKey(vpc)))) : NOTHING}
    ${[...edges].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)).map((edge) => svgEdgeLine(edge, graph.edge(edge.from, edge.to, edge.kind)))}
    ${edges.map((edge) => svgEdgeLabel(edge, graph.edge(edge.from, edge.to, edge.kind)))}
    ${nodes.map((node) => svgNodeBox(node, boxOf(node.key), edges, badWord, anchorOf))}
  </svg>`;
}

/** The kinds of flows in the order in which they are drawn. Lines of a later kind cover lines of an earlier kind. */
const KINDS: readonly FlowKind[] = ['other', 'missing', 'bad'];

function vpcClusterKey(vpc: string): string {
  return `cluster ${vpc}`;
}

function pictureNodeSize(node: PictureNode): { width: number; height: number } {
  const label = stringWidth(renderCutInMiddle(node.label, MAX_LABEL)) * LABEL_CHARACTER;
  const detail = stringWidth(renderCutInMiddle(node.detail, MAX_DETAIL)) * SMALL_CHARACTER;
  return { width: Math.ceil(Math.max(label, detail)) + 24, height: node.detail === '' ? PILL_HEIGHT : NODE_HEIGHT };
}

function edgeLabelText({ services }: PictureEdge): string {
  const [first = '', ...more] = services;
  return more.length < 2 ? services.join(', ') : `${first} +${more.length}`;
}

function svgArrowHead(kind: FlowKind): Markup {
  return html`<marker
    id="head-${kind}"
    class="head ${kind}"
    viewBox="0 0 8 8"
    refX="7"
    refY="4"
    markerWidth="7"
    markerHeight="7"
    markerUnits="userSpaceOnUse"
    orient="auto"
    ><path d="M0 0 8 4 0 8z"
  /></marker>`;
}

function svgVpcBox(vpc: string, { x, y, width, height }: Box): Markup {
  const left = x - width / 2;
  const top = y - height / 2 - VPC_TITLE_HEIGHT + VPC_PADDING;
  return html`<g class="vpc">
    <rect x="${left}" y="${top}" width="${width}" height="${height + VPC_TITLE_HEIGHT - VPC_PADDING}" rx="8" />
    <text x="${left + 8}" y="${top + 13}">${renderCutInMiddle(vpc, Math.floor((width - 16) / SMALL_CHARACTER))}</text>
  </g>`;
}

function svgEdgeLine({ from, to, kind }: PictureEdge, { points }: Line): Markup {
  return html`<path class="edge ${kind}" d="${svgCurve(points)}" marker-end="url(#head-${kind})" data-from="${from}" data-to="${to}" />`;
}

/** Returns an SVG path: a smooth curve through the midpoints of neighbouring points. */
function svgCurve(points: Line['points']): string {
  const at = ({ x, y }: Line['points'][number]): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return '';
  const bends = rest.slice(0, -1).map((point, i) => {
    const next = rest[i + 1] ?? last;
    const end = i === rest.length - 2 ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${at(point)} ${at(end)}`;
  });
  return `M${at(first)}${bends.length === 0 ? `L${at(last)}` : bends.join('')}`;
}

function svgEdgeLabel(edge: PictureEdge, { x, y, width }: Line): Markup {
  return html`<g class="label ${edge.kind}" data-from="${edge.from}" data-to="${edge.to}">
    <rect
      x="${(x - width / 2).toFixed(1)}"
      y="${(y - EDGE_LABEL_HEIGHT / 2).toFixed(1)}"
      width="${width}"
      height="${EDGE_LABEL_HEIGHT}"
      rx="4"
    />
    <text x="${x.toFixed(1)}" y="${(y + 4).toFixed(1)}">${edgeLabelText(edge)}</text>
  </g>`;
}

function svgNodeBox(
  node: PictureNode,
  { x, y, width, height }: Box,
  edges: readonly PictureEdge[],
  badWord: string,
  anchorOf: (groupId: string) => string | undefined,
): Markup {
  const { key, kind, label, detail, tone, groupIds } = node;
  const [left, top] = [(x - width / 2).toFixed(1), (y - height / 2).toFixed(1)];
  const radius = kind === 'group' ? 6 : height / 2;
  const texts =
    detail === ''
      ? html`<text class="name" x="${x.toFixed(1)}" y="${(y + 4.5).toFixed(1)}">${renderCutInMiddle(label, MAX_LABEL)}</text>`
      : html`<text class="name" x="${x.toFixed(1)}" y="${(y - 3).toFixed(1)}">${renderCutInMiddle(label, MAX_LABEL)}</text
          ><text class="detail" x="${x.toFixed(1)}" y="${(y + 12).toFixed(1)}">${renderCutInMiddle(detail, MAX_DETAIL)}</text>`;
  const many =
    groupIds.length > 1
      ? html`<rect class="under" x="${Number(left) + 4}" y="${Number(top) + 4}" width="${width}" height="${height}" rx="${radius}" />`
      : NOTHING;
  const shape = html`${many}<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="${radius}" />${
      kind === 'group' ? html`<rect class="bar" x="${left}" y="${top}" width="5" height="${height}" rx="2.5" />` : NOTHING
    }${texts}`;
  const title = [
    label,
    detail,
    groupIds.length > 1 ? countWithNoun(groupIds.length, 'group') : '',
    ...edges.filter(({ to }) => to === key).map((edge) => `${edge.services.join(', ')}: ${flowKindWords(edge.kind, badWord)}`),
  ]
    .filter((text) => text !== '')
    .join('; ');
  const anchor = groupIds.map(anchorOf).find((found) => found !== undefined);
  const content = html`<title>${title}</title>${shape}`;
  if (anchor === undefined) return html`<g class="node ${kind} ${tone}" data-key="${key}">${content}</g>`;
  return html`<a class="node ${kind} ${tone}" href="#${anchor}" data-key="${key}">${content}</a>`;
}

/** Returns the text for this kind of flow in the legend. */
export function flowKindWords(kind: FlowKind, badWord: string): string {
  return { bad: badWord, missing: 'declared but blocked', other: badWord === 'exposed' ? 'let through' : 'as declared' }[kind];
}
