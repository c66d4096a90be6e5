/**
 * The cheapest cut of a graph into a side of the source and one of the sink, by Dinic's algorithm (1970): shortest augmenting paths, level by level.
 * Made once for a number of nodes and pairs, and filled anew for each cut.
 */
export class MinimumCut {
  readonly #nodes: number;
  readonly #head: Int32Array;
  readonly #next: Int32Array;
  readonly #to: Int32Array;
  readonly #room: Float64Array;
  readonly #level: Int32Array;
  readonly #at: Int32Array;
  readonly #queue: Int32Array;
  readonly #path: Int32Array;

  /** @param pairs nodes that are joined, two a pair: 2k and 2k + 1 */
  constructor(
    nodes: number,
    private readonly pairs: Int32Array,
  ) {
    this.#nodes = nodes;
    const edges = pairs.length + 4 * nodes;
    this.#head = new Int32Array(nodes + 2).fill(-1);
    this.#next = new Int32Array(edges);
    this.#to = new Int32Array(edges);
    this.#room = new Float64Array(edges);
    this.#level = new Int32Array(nodes + 2);
    this.#at = new Int32Array(nodes + 2);
    this.#queue = new Int32Array(nodes + 2);
    this.#path = new Int32Array(nodes + 2);
    for (let e = 0; e < pairs.length; e += 2) this.#join(e, pairs[e], pairs[e + 1]);
    for (let p = 0; p < nodes; p++) {
      this.#join(pairs.length + 4 * p, nodes, p);
      this.#join(pairs.length + 4 * p + 2, p, nodes + 1);
    }
  }

  #join(edge: number, from: number, to: number): void {
    this.#to[edge] = to;
    this.#to[edge + 1] = from;
    this.#next[edge] = this.#head[from];
    this.#head[from] = edge;
    this.#next[edge + 1] = this.#head[to];
    this.#head[to] = edge + 1;
  }

  /**
   * @param across cost of a pair whose first node is on the source's side and whose second is on the sink's
   * @param cost of a node on the sink's side, less what it costs on the source's
   * @returns 1 for nodes on the sink's side
   */
  cut(across: Float64Array, cost: Float64Array): Uint8Array {
    for (let k = 0; k < across.length; k++) {
      this.#room[2 * k] = across[k];
      this.#room[2 * k + 1] = 0;
    }
    for (let p = 0, e = this.pairs.length; p < this.#nodes; p++, e += 4) {
      this.#room[e] = Math.max(0, cost[p]);
      this.#room[e + 2] = Math.max(0, -cost[p]);
      this.#room[e + 1] = this.#room[e + 3] = 0;
    }
    while (this.#layer()) this.#augment();
    return Uint8Array.from({ length: this.#nodes }, (_, p) => (this.#level[p] === -1 ? 1 : 0));
  }

  /** Distances from the source; whether the sink can be reached. */
  #layer(): boolean {
    this.#level.fill(-1);
    const [source, sink] = [this.#nodes, this.#nodes + 1];
    this.#level[source] = 0;
    this.#queue[0] = source;
    for (let from = 0, to = 1; from < to; from++) {
      const p = this.#queue[from];
      for (let e = this.#head[p]; e >= 0; e = this.#next[e]) {
        const q = this.#to[e];
        if (this.#room[e] <= EMPTY || this.#level[q] >= 0) continue;
        this.#level[q] = this.#level[p] + 1;
        this.#queue[to++] = q;
      }
    }
    return this.#level[sink] >= 0;
  }

  /** Sends along all shortest paths what they take. */
  #augment(): void {
    const [source, sink] = [this.#nodes, this.#nodes + 1];
    this.#at.set(this.#head);
    const path = this.#path;
    for (let depth = 0, p = source; ;) {
      if (p === sink) {
        let least = Infinity;
        for (let d = 0; d < depth; d++) least = Math.min(least, this.#room[path[d]]);
        let back = depth;
        for (let d = depth - 1; d >= 0; d--) {
          this.#room[path[d]] -= least;
          this.#room[path[d] ^ 1] += least;
          if (this.#room[path[d]] <= EMPTY) back = d;
        }
        depth = back;
        p = this.#to[path[depth] ^ 1];
        continue;
      }
      let e = this.#at[p];
      while (e >= 0 && (this.#room[e] <= EMPTY || this.#level[this.#to[e]] !== this.#level[p] + 1)) e = this.#next[e];
      this.#at[p] = e;
      if (e >= 0) {
        path[depth++] = e;
        p = this.#to[e];
      } else if (depth) {
        this.#level[p] = -2; // a dead end
        p = this.#to[path[--depth] ^ 1];
        this.#at[p] = this.#next[this.#at[p]];
      } else return;
    }
  }
}

/** Room that is none. */
const EMPTY = 1e-9;
