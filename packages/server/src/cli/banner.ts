/** What `elizad serve` prints when it is ready: where it is, who answers, and the lines of code that talk to it. */
import type { App } from '../app/app.ts';
import { isLoopback, type Settings } from '../config.ts';
import { toTerminalLine } from '../observability/terminal-text.ts';
import { howToRun } from '../settings/how-to-run.ts';

export function formatBanner(app: App, settings: Settings, readyMs: number, inColour: boolean): string {
  const bold = (text: string) => (inColour ? `\u001b[1m${text}\u001b[0m` : text);
  const dim = (text: string) => (inColour ? `\u001b[2m${text}\u001b[0m` : text);
  const { basePath } = settings;
  const url = app.url.replace('127.0.0.1', 'localhost');
  const agents = [...app.roster.values()];
  const first = agents[0];
  return [
    '',
    `  ${bold('elizad')} is ready in ${readyMs} ms`,
    '',
    `  ${dim('url   ')} ${bold(url)}${isLoopback(settings.host) ? '' : dim('  (open to other machines, with the key)')}`,
    ...agents.map(
      (agent) =>
        `  ${dim('agent ')} ${toTerminalLine(agent.name)} ${dim(`uses ${toTerminalLine(agent.model.name)}  (${agent.id})`)}`,
    ),
    ...(first ? [] : [`  ${dim('agent ')} none is running ${dim('(all are stopped: POST /api/agents/<id>/start)')}`]),
    `  ${dim('data  ')} ${settings.dataDir}`,
    '',
    dim("  import { io } from 'socket.io-client';"),
    dim(`  const socket = io('${new URL(url).origin}'${basePath && `, { path: '${basePath}/socket.io/' }`});`),
    dim(`  const room = { roomId: crypto.randomUUID(), agentId: '${first?.id ?? ''}' };`),
    dim("  socket.on('messageBroadcast', (m) => console.log(`${m.senderName}: ${m.text}`));"),
    dim("  socket.on('messageComplete', () => socket.close());"),
    dim("  socket.emit('join', room);"),
    dim("  socket.emit('message', { ...room, text: 'Hello! I feel a little lost.' });"),
    '',
    `  ${dim('or talk right here:')} ${howToRun('chat', settings.port === 3000 && basePath === '' ? '' : url)}`,
    '',
    '',
  ].join('\n');
}
