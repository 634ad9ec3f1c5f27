/** How a socket and its findings are called on the page. */
import { readName } from '../../state/values/names.ts';
import type { Finding, SocketView } from './use-sockets.ts';

export const nameSocket = ({ name, entityId }: SocketView): string => readName(name, entityId.slice(0, 8));

const dialects = { documented: 'documented', envelope: 'envelope' } as const;

export const nameDialects = ({ dialects: spoken }: SocketView): string =>
  spoken.length > 0 ? spoken.map((dialect) => dialects[dialect]).join(' and ') : 'said nothing yet';

export const severityNames = { fault: 'Fault', doubt: 'Doubt', note: 'Note' } as const;

const order = ['fault', 'doubt', 'note'] as const;

export const worstOf = (findings: readonly Finding[]): Finding['severity'] | undefined =>
  order.find((severity) => findings.some((finding) => finding.severity === severity));

export const countFindings = (count: number): string =>
  count === 0 ? 'nothing found' : count === 1 ? '1 finding' : `${count} findings`;
