/** A plugin with one of everything that a plugin can bring beside models. It is copied into a project, and runs in its process. */
type Message = {
  readonly roomId: string;
  readonly worldId?: string;
  readonly content: { readonly text?: string; readonly source?: string };
};
type Runtime = {
  getService(name: string): { count(): number } | null;
  createTask(task: object): Promise<string>;
  registerTaskWorker(worker: object): void;
  sendMessageToTarget(target: object, content: object): Promise<void>;
};
type Callback = (content: object) => Promise<unknown>;

/** What happened, for the route to tell. */
const happened: string[] = [];

class Counter {
  static serviceType = 'counter';
  capabilityDescription = 'Counts.';
  #value = 0;
  static async start() {
    return new Counter();
  }
  async stop() {}
  count(): number {
    this.#value += 1;
    return this.#value;
  }
}

export const own = {
  name: 'own',
  description: 'One of everything.',
  async init(_config: object, runtime: Runtime) {
    runtime.registerTaskWorker({
      name: 'REMIND',
      execute: async (worker: Runtime, { source, roomId }: { source: string; roomId: string }) => {
        await worker.sendMessageToTarget({ source, roomId }, { text: 'You asked me to remind you.' });
      },
    });
  },
  services: [Counter],
  actions: [
    {
      name: 'COUNT',
      description: 'Counts, and reminds.',
      validate: async () => true,
      handler: async (runtime: Runtime, message: Message, _state: object, _options: object, callback: Callback) => {
        await callback({ text: `Number ${runtime.getService('counter')?.count()}.`, actions: ['COUNT'] });
        const { roomId, worldId } = message;
        const metadata = { source: message.content.source, roomId };
        await runtime.createTask({
          name: 'REMIND',
          description: 'Reminds.',
          roomId,
          worldId,
          tags: ['queue'],
          metadata,
        });
        return { success: true, text: 'counted' };
      },
    },
  ],
  providers: [{ name: 'WEATHER', description: 'The weather.', get: async () => ({ text: 'The weather: r-a-i-n' }) }],
  evaluators: [
    {
      name: 'LISTEN',
      description: 'Listens to everything.',
      alwaysRun: true,
      examples: [],
      validate: async () => true,
      handler: async (_runtime: Runtime, { content }: Message) => {
        happened.push(`evaluated ${content.text}`);
      },
    },
  ],
  events: {
    ACTION_COMPLETED: [
      async ({ content }: { content?: { actions?: string[] } }) => {
        happened.push(`action completed ${content?.actions?.join(' ') ?? ''}`.trim());
      },
    ],
  },
  routes: [
    {
      type: 'GET',
      path: '/happened',
      handler: async (_request: object, response: { json(value: unknown): void }) => {
        response.json(happened);
      },
    },
  ],
};
