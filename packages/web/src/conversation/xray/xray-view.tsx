/** Why there is an answer, or none: everything that a message began, with times. */
import { ArrowLeft } from 'lucide-react';
import { Link } from 'wouter';
import { readName } from '../../state/values/names.ts';
import { Avatar } from '../../ui/avatar.tsx';
import page from '../../ui/page.module.css';
import { describeTurn, listSpans, type XrayTurn } from './spans.ts';
import { useXray } from './use-xray.ts';
import { Waterfall } from './waterfall.tsx';
import styles from './xray.module.css';

const endings: Readonly<Record<string, string>> = {
  answered: 'It was answered.',
  ignored: 'Nobody had anything to say to it.',
  'no-agent': 'No agent is in the room to answer it.',
  failed: 'It was not answered: the turn failed.',
  cancelled: 'The answer was stopped.',
  'timed-out': 'It was not answered in time.',
  superseded: 'A later message replaced it.',
};

export default function XrayView({ roomId, messageId }: { roomId: string; messageId: string }) {
  const { xray, at, error } = useXray(roomId, messageId);
  const now = xray ? at - xray.receivedAt : 0;
  const until = Math.max(1, ...(xray?.turns ?? []).flatMap((turn) => listSpans(turn, now).map(({ to }) => to)));
  const { ending } = xray ?? {};
  return (
    <article className={styles.view}>
      <Link href={`/rooms/${roomId}`} className={styles.back}>
        <ArrowLeft size={18} aria-hidden="true" />
        Back to the room
      </Link>
      <h1>X-ray of a message</h1>
      {error && <p className={page.lead}>{error}</p>}
      {!xray && !error && <p className={page.lead}>Looking…</p>}
      {xray && (
        <p className={page.lead} role="status">
          {ending ? (endings[ending.outcome] ?? ending.outcome) : 'Something is still to come.'}
        </p>
      )}
      {ending?.code && (
        <p className={styles.why}>
          <code>{ending.code}</code> {ending.hint}
        </p>
      )}
      {xray && xray.turns.length === 0 && (
        <p>It caused no turn: it was stored and sent to the room. Agents answer only in rooms they are in.</p>
      )}
      {xray?.turns.map((turn) => (
        <Turn key={turn.turnId} turn={turn} now={now} until={until} />
      ))}
    </article>
  );
}

function Turn({ turn, now, until }: { turn: XrayTurn; now: number; until: number }) {
  const { agentId, code, hint, hops } = turn;
  const agentName = readName(turn.agentName, 'Agent');
  return (
    <section className={styles.turn} aria-label={`Turn of ${agentName}`}>
      <header>
        <Avatar name={agentName} isAgent />
        <div>
          <h2>
            <Link href={`/agents/${agentId}`}>{agentName}</Link>
            {hops > 0 && <span className={styles.soft}> to an answer of another agent</span>}
          </h2>
          <p className={styles.soft}>{describeTurn(turn)}</p>
        </div>
      </header>
      {code && (
        <p className={styles.why}>
          <code>{code}</code> {hint}
        </p>
      )}
      <Waterfall turn={turn} now={now} until={until} />
    </section>
  );
}
