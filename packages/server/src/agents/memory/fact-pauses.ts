/** How long an agent is left alone after its model failed: twice as long each time, until the model answers again. */

/** The first pause; none is longer than the longest. */
export type PauseLengths = { firstPauseMs: number; longestPauseMs: number };

export type FactPauses = {
  /** How long it still lasts, in ms; 0 or less where it is over. */
  measureLeft(agentId: string): number;
  /** The model failed again: returns how long the pause is, in ms. */
  lengthen(agentId: string): number;
  /** The model answered. */
  end(agentId: string): void;
};

export function createFactPauses({ firstPauseMs, longestPauseMs }: PauseLengths): FactPauses {
  const pauses = new Map<string, { until: number; ms: number }>();
  return {
    measureLeft: (agentId) => (pauses.get(agentId)?.until ?? 0) - Date.now(),
    lengthen(agentId) {
      const ms = Math.min(2 * (pauses.get(agentId)?.ms ?? firstPauseMs / 2), longestPauseMs);
      pauses.set(agentId, { until: Date.now() + ms, ms });
      return ms;
    },
    end: (agentId) => void pauses.delete(agentId),
  };
}
