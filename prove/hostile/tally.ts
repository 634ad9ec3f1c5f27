/** What the attackers sent, and what came back: counted, because a million of anything cannot be looked at. */
import type { Layer } from './packets/packet.ts';

/** Counts by name. */
export class Counts {
  readonly by: Record<string, number> = {};

  add(name: string, times = 1): void {
    this.by[name] = (this.by[name] ?? 0) + times;
  }

  get total(): number {
    return Object.values(this.by).reduce((sum, count) => sum + count, 0);
  }

  /** The most frequent first. */
  toString(): string {
    const entries = Object.entries(this.by).sort(([, a], [, b]) => b - a);
    return entries.map(([name, count]) => `${name} ${count.toLocaleString('en')}`).join(', ') || 'none';
  }
}

/** Ids of the questions that end each batch, beyond those that hostile packets use. They are not counted. */
export const firstQuestion = 5_000_000;
const questionRoom = '"roomId":"question"';

/** Refused by the server like any other event, so it is answered once everything before it was handled. */
export const toQuestion = (id: number): string => `42${id}["cancel",{${questionRoom}}]`;

/** Something that must not happen, with what was sent at that time. */
export type Incident = { readonly what: string; readonly mission: number; readonly sent: readonly string[] };

const mostIncidents = 50;

export class Tally {
  readonly sent = new Counts();
  /** Error events of the server, by code. */
  readonly errors = new Counts();
  readonly acks = new Counts();
  readonly statuses = new Counts();
  readonly closes = new Counts();
  readonly incidents: Incident[] = [];
  incidentCount = 0;

  count(layer: Layer, packets = 1): void {
    this.sent.add(layer, packets);
  }

  report(incident: Incident): void {
    this.incidentCount++;
    if (this.incidents.length < mostIncidents) this.incidents.push(incident);
  }

  /**
   * Counts one packet from the server. Returns the id that it acknowledges, or what else the attackers wait for: `open`,
   * `connected`, `refused`, or nothing.
   */
  receive(text: string): number | 'open' | 'connected' | 'refused' | undefined {
    if (text.startsWith('42["error",')) {
      if (!text.includes(questionRoom)) this.errors.add(/"code":"([^"]*)"/.exec(text)?.[1] ?? 'none');
    } else if (text.startsWith('43')) {
      const id = Number.parseInt(text.slice(2, 20), 10);
      if (id < firstQuestion) this.acks.add(text.includes('"ok":true') ? 'accepted' : 'refused');
      return id;
    } else if (text.startsWith('40{')) return 'connected';
    else if (text.startsWith('44{')) return 'refused';
    else if (text.startsWith('0{')) return 'open';
    return undefined;
  }
}
