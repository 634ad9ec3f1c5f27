/** What grew on a heap: two snapshots of V8, compared by kind of object. A leak of few bytes shows in how many there are. */
import { readFileSync, rmSync } from 'node:fs';

/** The format of a heap snapshot, as far as it is read here: flat lists, and the names of their columns. */
type Snapshot = {
  snapshot: { meta: { node_fields: string[]; node_types: [string[]]; edge_fields: string[]; edge_types: [string[]] } };
  nodes: number[];
  edges: number[];
  strings: string[];
};

export type Growth = { readonly kind: string; readonly before: number; readonly after: number };

/** Kinds of objects of which there are more now, the greatest growth first. The snapshots are removed. */
export function compareSnapshots(before: string, after: string): Growth[] {
  const [earlier, later] = [countKinds(before), countKinds(after)];
  const kinds = [...later].map(([kind, count]) => ({ kind, before: earlier.get(kind) ?? 0, after: count }));
  return kinds.filter((one) => one.after > one.before).sort((a, b) => b.after - b.before - (a.after - a.before));
}

/** Objects by constructor and own properties: plain objects are told apart by what they hold. */
function countKinds(path: string): Map<string, number> {
  const { snapshot, nodes, edges, strings } = JSON.parse(readFileSync(path, 'utf8')) as Snapshot;
  rmSync(path);
  const {
    node_fields: nodeFields,
    node_types: nodeTypes,
    edge_fields: edgeFields,
    edge_types: edgeTypes,
  } = snapshot.meta;
  const [edgeCount, object] = [nodeFields.indexOf('edge_count'), nodeTypes[0].indexOf('object')];
  const property = edgeTypes[0].indexOf('property');
  const counts = new Map<string, number>();
  let edge = 0;
  for (let node = 0; node < nodes.length; node += nodeFields.length) {
    const names: string[] = [];
    for (let left = nodes[node + edgeCount] as number; left > 0; left--, edge += edgeFields.length)
      if (edges[edge] === property) names.push(strings[edges[edge + 1] as number] as string);
    if (nodes[node] !== object) continue;
    const shape = names.filter((name) => name !== '__proto__').slice(0, 8);
    const kind = `${strings[nodes[node + 1] as number]} {${shape.join(' ')}}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
