/**
 * Chooses the nodes and edges of the picture. Groups on the worst paths have their own nodes. The other groups are folded into few nodes,
 * so that a picture of hundreds of groups stays readable.
 */
import { foldRenderedItems } from '../render/fold.js';
import { TONES, type DrawnGroup, type End, type Flow, type FlowKind, type PageModel, type Tone } from './page-model.js';

export interface Picture {
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
  /** The number of groups that the picture omits, because they are on no path. */
  readonly notDrawn: number;
}

export interface PictureNode {
  readonly key: string;
  readonly kind: 'internet' | 'range' | 'group';
  readonly label: string;
  /** The resources that the group protects, or the id of the group. Empty if the node is not a group. */
  readonly detail: string;
  readonly tone: Tone;
  /** The ids of the groups that the node represents. */
  readonly groupIds: readonly string[];
  /** The VPC and region, if all groups of the node are in the same VPC. */
  readonly vpc: string | undefined;
}

export interface PictureEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: FlowKind;
  readonly services: readonly string[];
}

/** The maximum number of nodes of each kind. A picture with more nodes would be unreadable. */
const MAX_GROUP_NODES = 10;
const MAX_RANGE_NODES = 4;
const MAX_VPC_NODES = 3;

/** For each of the worst groups, the maximum number of reachable groups with their own nodes. More nodes would hide other paths. */
const MAX_BEHIND_EACH = 2;

export function pictureOfFlows({ flows, drawn }: Pick<PageModel, 'flows' | 'drawn'>): Picture {
  const known = new Map(drawn.map((each) => [each.group.id, each]));
  const relevant = groupsOnPicturePaths(flows);
  const shown = flows
    .filter((flow) => flowEnds(flow).every((end) => end.kind !== 'group' || relevant.has(end.id)))
    .map(({ from, to, ...flow }) => ({ ...flow, from: pictureNode(from, true, known), to: pictureNode(to, false, known) }));
  let graph = joinPictureNodes(
    shown.flatMap(({ from, to }) => [from, to]),
    shown.map(({ from, to, service, kind }) => ({ from: from.key, to: to.key, kind, services: [service] })),
    () => undefined,
  );
  graph = foldEqualGroupNodes(graph);
  graph = foldGroupNodesByVpc(graph);
  graph = foldRangeNodes(graph);
  const nodes = [...graph.nodes].sort((a, b) => TONES.indexOf(a.tone) - TONES.indexOf(b.tone));
  return { nodes, edges: graph.edges, notDrawn: drawn.filter(({ group }) => !relevant.has(group.id)).length };
}

interface Graph {
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
}

function flowEnds({ from, to }: Flow): readonly [End, End] {
  return [from, to];
}

/**
 * Returns the groups that have a `bad` flow, a `missing` flow or a flow from an address range or the internet. Also returns all groups that
 * these groups can reach.
 */
function groupsOnPicturePaths(flows: readonly Flow[]): ReadonlySet<string> {
  const start = flows.filter(({ from, kind }) => kind !== 'other' || from.kind !== 'group');
  const relevant = new Set(start.flatMap((flow) => flowEnds(flow).flatMap((end) => (end.kind === 'group' ? [end.id] : []))));
  const next = new Map<string, string[]>();
  for (const { from, to } of flows)
    if (from.kind === 'group' && to.kind === 'group') next.set(from.id, [...(next.get(from.id) ?? []), to.id]);
  // Iterating over a Set also visits the items that are added during the iteration.
  for (const id of relevant) for (const behind of next.get(id) ?? []) relevant.add(behind);
  return relevant;
}

function pictureNode(end: End, isSource: boolean, known: ReadonlyMap<string, DrawnGroup>): PictureNode {
  const outside = { detail: '', tone: 'fine', groupIds: [], vpc: undefined } as const;
  const to = isSource ? '' : 'to ';
  if (end.kind === 'internet')
    return { ...outside, key: `${to}internet`, kind: 'internet', label: isSource ? 'The internet' : 'To the internet' };
  if (end.kind === 'range') return { ...outside, key: `${to}range ${end.text}`, kind: 'range', label: `${to}${end.text}` };
  const key = end.id;
  const found = known.get(key);
  if (found === undefined) return { ...outside, key, kind: 'group', label: key, tone: 'unknown', groupIds: [key] };
  const { group, tone, behind } = found;
  const vpc = group.vpcId === null ? undefined : `${group.vpcId} · ${group.region}`;
  return { key, kind: 'group', label: group.name ?? key, detail: behind ?? (group.name === null ? '' : key), tone, groupIds: [key], vpc };
}

/**
 * Replaces all nodes with the same new key by one node, and joins their edges. A node for which `newKeyOf` returns `undefined` stays
 * unchanged.
 *
 * @param joined returns the node that replaces the given nodes
 */
function joinPictureNodes(
  nodes: readonly PictureNode[],
  edges: readonly PictureEdge[],
  newKeyOf: (node: PictureNode) => string | undefined,
  joined: (key: string, nodes: readonly [PictureNode, ...PictureNode[]]) => PictureNode = (_, [first]) => first,
): Graph {
  const keyOf = (node: PictureNode): string => newKeyOf(node) ?? node.key;
  const parts = foldRenderedItems(nodes, keyOf).map((same) => ({ key: keyOf(same[0]), same }));
  // A node that shares its new key with no other node keeps its old key.
  const newKeys = new Map(parts.flatMap(({ key, same }) => (same.length === 1 ? [] : same.map((node) => [node.key, key] as const))));
  const byEnds = new Map<string, PictureEdge>();
  for (const { from, to, kind, services } of edges) {
    const ends = { from: newKeys.get(from) ?? from, to: newKeys.get(to) ?? to };
    if (ends.from === ends.to) continue;
    const key = JSON.stringify([ends.from, ends.to, kind]);
    byEnds.set(key, { ...ends, kind, services: [...new Set([...(byEnds.get(key)?.services ?? []), ...services])] });
  }
  return { nodes: parts.map(({ key, same }) => (same.length === 1 ? same[0] : joined(key, same))), edges: [...byEnds.values()] };
}

/** Folds groups of a VPC into one node if they have the same colour and the same edges. */
function foldEqualGroupNodes({ nodes, edges }: Graph): Graph {
  const flows = new Map<string, string[]>();
  const note = (key: string, flow: readonly unknown[]): void => {
    flows.set(key, [...(flows.get(key) ?? []), JSON.stringify(flow)]);
  };
  for (const { from, to, kind, services } of edges) {
    note(from, ['to', to, kind, services]);
    note(to, ['from', from, kind, services]);
  }
  return joinPictureNodes(
    nodes,
    edges,
    ({ key, kind, tone, vpc }) => (kind === 'group' ? `equal ${JSON.stringify([tone, vpc, (flows.get(key) ?? []).sort()])}` : undefined),
    (key, same) => ({ ...pictureNodeOfSeveral(key, same), detail: `and ${same.length - 1} similar groups` }),
  );
}

function pictureNodeOfSeveral(key: string, nodes: readonly [PictureNode, ...PictureNode[]]): PictureNode {
  const tone = TONES.find((each) => nodes.some((node) => node.tone === each)) ?? 'fine';
  const vpc = nodes.every((node) => node.vpc === nodes[0].vpc) ? nodes[0].vpc : undefined;
  return { ...nodes[0], key, tone, vpc, detail: '', groupIds: nodes.flatMap(({ groupIds }) => groupIds) };
}

/** Folds groups into one node for each VPC, but keeps the nodes of the worst groups. */
function foldGroupNodesByVpc(graph: Graph): Graph {
  const groups = graph.nodes.filter(({ kind }) => kind === 'group');
  if (groups.length <= MAX_GROUP_NODES) return graph;
  const open = unfoldedGroupNodes(graph);
  const isGroup = new Set(groups.map(({ key }) => key));
  const rest = groups.filter(({ key }) => !open.has(key));
  const vpcs = [...new Set(rest.map(({ vpc }) => vpc))];
  // Each of the largest VPCs gets its own node. All other VPCs share one node.
  const sizeOf = (vpc: string | undefined): number => rest.filter((node) => node.vpc === vpc).length;
  const named = vpcs.length <= MAX_VPC_NODES ? vpcs : vpcs.sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, MAX_VPC_NODES - 1);
  // Omits the `other` flows of folded groups, because their lines would hide the important flows.
  const isShown = ({ from, to, kind }: PictureEdge): boolean =>
    kind !== 'other' || [from, to].every((key) => open.has(key) || !isGroup.has(key));
  return joinPictureNodes(
    graph.nodes,
    graph.edges.filter(isShown),
    ({ key, kind, vpc }) => {
      if (kind !== 'group' || open.has(key)) return undefined;
      return named.includes(vpc) ? `vpc ${vpc ?? ''}` : 'other vpcs';
    },
    (key, folded) => {
      const node = pictureNodeOfSeveral(key, folded);
      return { ...node, label: `${node.groupIds.length} more groups`, detail: node.vpc === undefined ? 'in other VPCs' : `in ${node.vpc}` };
    },
  );
}

/** Returns the keys of the groups that keep their own nodes: the worst groups, and some groups that the worst groups can reach. */
function unfoldedGroupNodes({ nodes, edges }: Graph): ReadonlySet<string> {
  const isWrong = new Set(edges.filter(({ kind }) => kind !== 'other').flatMap(({ from, to }) => [from, to]));
  const rank = ({ key, tone }: PictureNode): number => TONES.indexOf(tone) + (isWrong.has(key) ? 0 : TONES.length);
  const open = new Set<string>();
  for (const { key } of nodes.filter(({ kind }) => kind === 'group').sort((a, b) => rank(a) - rank(b))) {
    // Keeps one node free for the groups that are folded.
    if (open.size >= MAX_GROUP_NODES - 1) break;
    open.add(key);
    const behind = edges
      .filter(({ from }) => from === key)
      .flatMap(({ to }) => (nodes.find((node) => node.key === to)?.kind === 'group' ? [to] : []));
    for (const next of behind.slice(0, MAX_BEHIND_EACH)) open.add(next);
  }
  return open;
}

function foldRangeNodes(graph: Graph): Graph {
  const ranges = graph.nodes.filter(({ kind }) => kind === 'range');
  if (ranges.length <= MAX_RANGE_NODES) return graph;
  const weightOf = ({ key }: PictureNode): number =>
    graph.edges.filter(({ from, to, kind }) => kind !== 'other' && (from === key || to === key)).length;
  const open = new Set(
    [...ranges]
      .sort((a, b) => weightOf(b) - weightOf(a))
      .slice(0, MAX_RANGE_NODES - 1)
      .map(({ key }) => key),
  );
  return joinPictureNodes(
    graph.nodes,
    graph.edges,
    ({ key, kind }) => (kind === 'range' && !open.has(key) ? `${key.startsWith('to ') ? 'to ' : ''}other ranges` : undefined),
    (key, folded) => ({
      ...pictureNodeOfSeveral(key, folded),
      label: `${key.startsWith('to ') ? 'to ' : ''}${folded.length} other ranges`,
    }),
  );
}
