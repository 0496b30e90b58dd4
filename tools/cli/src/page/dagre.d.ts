/**
 * The part of dagre that the picture uses. TypeScript cannot use dagre's own declarations in an ES module, because their imports lack file
 * extensions.
 */
declare module '@dagrejs/dagre' {
  interface Size {
    readonly width: number;
    readonly height: number;
  }
  /** The centre of a node or of the label of an edge, and its size, in pixels. */
  interface Placed extends Size {
    readonly x: number;
    readonly y: number;
  }
  interface GraphSettings {
    readonly rankdir: 'LR';
    readonly nodesep: number;
    readonly edgesep: number;
    readonly ranksep: number;
    readonly marginx: number;
    readonly marginy: number;
  }
  interface EdgeSettings extends Partial<Size> {
    readonly labelpos?: 'c';
    readonly weight: number;
  }
  class Graph {
    constructor(options: { readonly directed: boolean; readonly multigraph: boolean; readonly compound: boolean });
    setGraph(settings: GraphSettings): this;
    /** @param size absent for a node that has children */
    setNode(key: string, size: Partial<Size>): this;
    setEdge(from: string, to: string, settings: EdgeSettings, name?: string): this;
    setParent(key: string, parent: string): this;
    /** Only after `layout`. */
    graph(): Size;
    node(key: string): Placed;
    edge(from: string, to: string, name: string): Placed & { readonly points: readonly { readonly x: number; readonly y: number }[] };
  }
  /** Places the nodes and edges of the graph. */
  function layout(graph: Graph): void;
}
