/** Deployments: a healthy turn is cut off by orderly stops, more often than a turn may be begun, and is answered in the end. */
import type { Mission, MissionOptions } from '../mission.ts';
import { openTurnServer } from '../turn-server.ts';

const stops = 3;

export async function proveStoppedTurns({ progress }: MissionOptions): Promise<Mission[]> {
  const server = await openTurnServer();
  server.slow.script(...Array.from({ length: stops }, () => ({ kind: 'hang' as const })));
  try {
    await server.start();
    const before = await server.connect();
    const roomId = await before.join('Hannah');
    await before.ask('message', { roomId, text: 'Take your time' });
    for (let stop = 1; stop <= stops; stop++) {
      progress(`orderly stop ${stop} of ${stops}`);
      await server.slow.arrived(stop);
      await server.stop();
      await server.start();
    }
    before.socket.close();
    const after = await server.connect();
    await after.ask('join', { roomId, since: 0 });
    const answer = await after
      .until('messageBroadcast', (one) => one.roomId === roomId && one.source === 'agent_response')
      .catch(() => undefined);
    after.socket.close();
    return [
      {
        name: `${stops} orderly restarts in the middle of a healthy turn`,
        holds: answer?.text === 'ok' && server.slow.requests.length === stops + 1,
        figures: `${answer ? 'answered' : 'not answered'}; the model was asked ${server.slow.requests.length} times`,
      },
    ];
  } finally {
    await server.close();
  }
}
