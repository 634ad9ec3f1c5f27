/** Whom to talk to in one click; where no model answers yet, what to set; and the same from one's own program. */
import { lazy, Suspense, useState } from 'react';
import { app } from '../state/app-state.ts';
import { basePath } from '../state/base.ts';
import { useStore } from '../state/store.ts';
import page from '../ui/page.module.css';
import { TalkButton } from '../ui/talk-button.tsx';

const CodeBlock = lazy(() => import('../ui/markdown/code-block.tsx').then((module) => ({ default: module.CodeBlock })));

/** The one that is built in. */
const builtIn = 'eliza-1966';
const mostShown = 6;

const clientCode = (): string => `import { io } from 'socket.io-client';

const socket = io('${location.origin}'${basePath && `, { path: '${basePath}/socket.io/' }`});
const roomId = crypto.randomUUID();

socket.on('messageBroadcast', ({ senderName, text }) => console.log(\`\${senderName}: \${text}\`));
socket.once('world-state', ({ agents }) => {
  socket.emit('join', { roomId, agentId: Object.keys(agents)[0] });
  socket.emit('message', { roomId, text: 'Hello.' });
});
socket.emit('request-world-state', {});`;

export function FirstSteps() {
  const [isShown, setShown] = useState(false);
  const agents = useStore(app, (state) => state.agents);
  const areLoaded = useStore(app, (state) => state.areAgentsLoaded);
  const active = agents.filter(({ status }) => status === 'active');
  const isWithoutModel = areLoaded && active.every(({ model }) => model === builtIn || model === null);
  return (
    <>
      <div className={page.row}>
        {active.slice(0, mostShown).map(({ id, name }) => (
          <TalkButton key={id} agentId={id} label={`Talk to ${name}`} />
        ))}
      </div>
      {isWithoutModel && (
        <aside className={page.hint} aria-label="A real model">
          <p>
            <strong>Only the Eliza of 1966 answers here; it needs no key.</strong> For a real model, set one of{' '}
            <code>OPENAI_API_KEY</code>, <code>ANTHROPIC_API_KEY</code> or <code>GOOGLE_GENERATIVE_AI_API_KEY</code> in
            the environment or in <code>.env</code>, or <code>OPENAI_BASE_URL</code> for a model of your own, and start
            the server again. Agents are character files in <code>characters/</code>, or made under Agents.
          </p>
        </aside>
      )}
      <details onToggle={({ currentTarget }) => setShown(currentTarget.open)}>
        <summary>From your own program</summary>
        {isShown && (
          <Suspense>
            <CodeBlock text={clientCode()} language="js" />
          </Suspense>
        )}
      </details>
    </>
  );
}
