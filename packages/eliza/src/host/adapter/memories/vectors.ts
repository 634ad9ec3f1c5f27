/**
 * The nearest of all embeddings, by cosine: a flat search over unit vectors in memory, read from the file when first
 * searched, then kept up to date by the writes. What a search may be narrowed by lies beside them, as small numbers.
 * Among 100,000 of 384 numbers a search takes 23 ms, one in a tenth of them 4 ms, on one core of a small machine; to read
 * them takes a second or two, and 160 MB.
 */
import type { Store } from '../engine/store.ts';

export type Place = {
  row: number;
  roomId: string | null;
  entityId: string | null;
  worldId: string | null;
  unique: boolean;
};

export type Query = {
  vector: Float32Array;
  threshold: number | null;
  count: number;
  roomId: string | null;
  entityId: string | null;
  worldId: string | null;
  unique: boolean;
};

export type Near = { row: number; similarity: number };

export type Vectors = {
  search(type: string, query: Query): Near[];
  /** Adds one, or replaces it. */
  put(type: string, place: Place, vector: Float32Array): void;
  remove(rows: readonly number[]): void;
};

type LoadedRow = {
  row: number;
  room_id: string | null;
  entity_id: string | null;
  world_id: string | null;
  is_unique: number;
  vector: Uint8Array;
};

/** Rounding may take this much from a similarity. */
const tolerance = 1e-6;

export function createVectors(store: Store): Vectors {
  const indexes = new Map<string, Index>();
  store.onShift(() => indexes.clear());

  function load(type: string, dimension: number): Index {
    const key = `${dimension} ${type}`;
    const kept = indexes.get(key);
    if (kept) return kept;
    const index = createIndex(dimension);
    const rows = store.each<LoadedRow>(
      // In the order in which they lie, which `CROSS` is for: to read them by time takes five times as long.
      `SELECT memories.row, room_id, entity_id, world_id, is_unique, vector FROM embeddings
       CROSS JOIN memories ON memories.row = embeddings.memory
       WHERE memories.type = ? AND memories.agent_id = ? AND embeddings.dimension = ?`,
      type,
      store.agentId,
      dimension,
    );
    for (const { row, room_id: roomId, entity_id: entityId, world_id: worldId, is_unique, vector } of rows)
      index.put({ row, roomId, entityId, worldId, unique: is_unique !== 0 }, readVector(vector));
    indexes.set(key, index);
    return index;
  }

  return {
    search: (type, query) => load(type, query.vector.length).search(query),
    put(type, place, vector) {
      indexes.get(`${vector.length} ${type}`)?.put(place, vector);
    },
    remove(rows) {
      for (const index of indexes.values()) for (const row of rows) index.remove(row);
    },
  };
}

/** As plugin-sql stores them: six digits after the point, and 0 for what is no number. Throws where there are too many or too few. */
export function toVector(embedding: readonly number[], dimension: number): Float32Array {
  if (embedding.length !== dimension)
    throw new RangeError(
      `the embedding has ${embedding.length} numbers, but ${dimension} were announced: call ensureEmbeddingDimension first`,
    );
  return Float32Array.from(embedding, (one) => (Number.isFinite(one) ? Math.round(one * 1e6) / 1e6 : 0));
}

export const toBlob = (vector: Float32Array): Uint8Array =>
  new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);

export function readVector(blob: Uint8Array): Float32Array {
  // A view of numbers must begin at a multiple of their size.
  const { buffer, byteOffset } = blob.byteOffset % 4 === 0 ? blob : Uint8Array.from(blob);
  return new Float32Array(buffer, byteOffset, blob.byteLength / 4);
}

/** Without what the 32 bits have added to the six digits. */
export const readEmbedding = (blob: Uint8Array | null): number[] | undefined =>
  blob ? Array.from(readVector(blob), (one) => Math.round(one * 1e6) / 1e6) : undefined;

type Index = ReturnType<typeof createIndex>;

/** Vectors in one array: to make it larger does not copy them. */
const perChunk = 1_024;

function createIndex(dimension: number) {
  const chunks: Float32Array[] = [];
  const rows: number[] = [];
  const rooms: number[] = [];
  const entities: number[] = [];
  const worlds: number[] = [];
  const uniques: boolean[] = [];
  const positions = new Map<number, number>();
  const numbers = new Map<string, number>();

  /** 0 is none. */
  function numberOf(id: string | null): number {
    if (id === null) return 0;
    const number = numbers.get(id) ?? numbers.size + 1;
    numbers.set(id, number);
    return number;
  }

  function chunkOf(position: number): Float32Array {
    const number = Math.floor(position / perChunk);
    const chunk = chunks[number] ?? new Float32Array(perChunk * dimension);
    chunks[number] = chunk;
    return chunk;
  }
  const startOf = (position: number): number => (position % perChunk) * dimension;

  function put({ row, roomId, entityId, worldId, unique }: Place, vector: Float32Array): void {
    const position = positions.get(row) ?? rows.length;
    positions.set(row, position);
    rows[position] = row;
    rooms[position] = numberOf(roomId);
    entities[position] = numberOf(entityId);
    worlds[position] = numberOf(worldId);
    uniques[position] = unique;
    writeUnit(vector, chunkOf(position), startOf(position));
  }

  /** The last one takes its place. */
  function remove(row: number): void {
    const position = positions.get(row);
    if (position === undefined) return;
    const last = rows.length - 1;
    if (position !== last) {
      const from = startOf(last);
      chunkOf(position).set(chunkOf(last).subarray(from, from + dimension), startOf(position));
    }
    for (const list of [rows, rooms, entities, worlds, uniques] as unknown[][]) {
      list[position] = list[last];
      list.length = last;
    }
    positions.delete(row);
    if (position !== last) positions.set(rows[position] as number, position);
  }

  function search({ vector, threshold, count, roomId, entityId, worldId, unique }: Query): Near[] {
    if (count === 0) return [];
    const unit = new Float32Array(dimension);
    writeUnit(vector, unit, 0);
    const room = roomId === null ? 0 : (numbers.get(roomId) ?? -1);
    const entity = entityId === null ? 0 : (numbers.get(entityId) ?? -1);
    const world = worldId === null ? 0 : (numbers.get(worldId) ?? -1);
    const best = createBest(count, threshold === null ? -2 : threshold - tolerance);
    for (let position = 0; position < rows.length; position++) {
      if (room !== 0 && rooms[position] !== room) continue;
      if (entity !== 0 && entities[position] !== entity) continue;
      if (world !== 0 && worlds[position] !== world) continue;
      if (unique && !uniques[position]) continue;
      const similarity = multiply(unit, chunkOf(position), startOf(position));
      // Not so where one of the two has no direction: that is like nothing.
      if (similarity >= best.floor) best.add(rows[position] as number, similarity);
    }
    return best.list();
  }

  return { put, remove, search };
}

/** The nearest so far. `floor` rises: what is below it is not among them. */
function createBest(count: number, floor: number) {
  let kept: Near[] = [];
  const best = {
    floor,
    add(row: number, similarity: number): void {
      kept.push({ row, similarity: Math.min(1, similarity) });
      if (kept.length >= 2 * count + 64) cut();
    },
    list(): Near[] {
      cut();
      return kept;
    },
  };
  function cut(): void {
    kept.sort((a, b) => b.similarity - a.similarity || a.row - b.row);
    kept = kept.slice(0, count);
    if (kept.length === count) best.floor = Math.max(best.floor, kept.at(-1)?.similarity ?? floor);
  }
  return best;
}

/** Makes it of length 1; NaN everywhere where it has no direction, so that no comparison holds. */
function writeUnit(vector: Float32Array, target: Float32Array, from: number): void {
  const { length } = vector;
  let square = 0;
  for (let i = 0; i < length; i++) square += (vector[i] as number) * (vector[i] as number);
  const factor = square > 0 ? 1 / Math.sqrt(square) : Number.NaN;
  for (let i = 0; i < length; i++) target[from + i] = (vector[i] as number) * factor;
}

/** Four sums at once: the next product need not wait for the last. */
function multiply(unit: Float32Array, vectors: Float32Array, from: number): number {
  const { length } = unit;
  const whole = length - (length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < whole; i += 4) {
    const at = from + i;
    a += (unit[i] as number) * (vectors[at] as number);
    b += (unit[i + 1] as number) * (vectors[at + 1] as number);
    c += (unit[i + 2] as number) * (vectors[at + 2] as number);
    d += (unit[i + 3] as number) * (vectors[at + 3] as number);
  }
  for (let i = whole; i < length; i++) a += (unit[i] as number) * (vectors[from + i] as number);
  return a + b + c + d;
}
