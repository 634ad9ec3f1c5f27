/**
 * The house as rules: folders of packages/server/src, and of packages/web/src, are floors, and the folders of a floor are its
 * shelves; packages import only what they may, libraries stay in the folder that wraps them. Type imports count. Every rule is an error, and its comment says what to do instead.
 */

const server = '^packages/server/src';
const web = '^packages/web/src';

/** From the ground up. A folder or file imports from itself and from lower floors; two on one floor do not know each other. */
export const floors = [
  ['settings'],
  ['config.ts', 'observability', 'pacing'],
  ['storage'],
  ['auth'],
  ['messaging'],
  ['agents'],
  ['gateway', 'rest'],
  ['app'],
  ['cli', 'index.ts'],
];

/** Inside a floor, from the ground up: the same rule for its folders, and for the files beside them. */
export const shelves = {
  storage: [
    ['schema', 'disk'],
    ['engine'],
    ['turns'],
    ['messages'],
    ['rooms', 'kept'],
    ['journal', 'memory'],
    ['recovery'],
  ],
  messaging: [
    ['directories', 'events', 'media'],
    ['ground'],
    ['posts', 'sessions'],
    ['rooms', 'agent-memories.ts'],
    ['asking'],
    ['jobs'],
  ],
  agents: [
    ['models'],
    ['actions', 'memory'],
    ['runs'],
    ['characters'],
    ['turn', 'spoken-exchange.ts'],
    ['projects'],
    ['config', 'direct-answers.ts', 'titles.ts'],
    ['agents.ts'],
  ],
  gateway: [
    ['socket-data.ts', 'send-rate.ts', 'nearest-event.ts', 'received.ts'],
    ['transport', 'log-feed.ts', 'loop-guard.ts'],
    ['broadcast.ts', 'wire-doctor', 'inbox.ts'],
    ['resume'],
    ['context.ts', 'connect.ts'],
    ['backlog.ts', 'identity.ts', 'rooms.ts', 'socket-server.ts'],
    ['handlers'],
    ['connection.ts'],
  ],
  rest: [
    ['http', 'base-path.ts', 'listen.ts'],
    ['web'],
    ['admission.ts', 'description', 'eliza'],
    ['openai', 'projects'],
    ['doors.ts'],
    ['routes.ts'],
    ['http-server.ts'],
  ],
};

/** The same of packages/web/src: sections do not know each other, but that one may draw a conversation. */
const webFloors = [
  ['style.d.ts', 'state'],
  ['ui'],
  ['conversation'],
  ['rooms', 'agents', 'settings', 'inside'],
  ['app.tsx'],
  ['main.tsx'],
];

/** What each package may import; the server has declared dependencies instead, and only its cli has the client. */
const packageImports = {
  protocol: ['zod'],
  client: ['elizad-protocol', 'socket.io-client'],
  eliza: [],
  web: [
    'elizad-client',
    'elizad-protocol',
    'zod',
    '@base-ui/react',
    '@tanstack/react-virtual',
    'hast-util-to-jsx-runtime',
    'lowlight',
    'lucide-react',
    'markdown-it',
    'react',
    'react-dom',
    'uplot',
    'wouter',
  ],
};

/** Libraries behind one folder of the server, so that the next major version is a change in one place. */
const wrappedLibraries = [
  {
    name: 'ai-sdk',
    modules: ['@ai-sdk/(?!mcp/)[^/]+'],
    places: ['agents/models'],
    instead: 'Use the Model port of agents/models/model.ts.',
  },
  {
    name: 'mcp',
    modules: ['@ai-sdk/mcp', 'cross-spawn'],
    places: ['agents/actions/mcp'],
    instead: 'Use the Toolbox port of agents/actions/action.ts.',
  },
  {
    name: 'socket-io',
    modules: ['socket.io', 'socket.io-parser', 'socket.io-adapter'],
    places: ['gateway'],
    instead: 'Send through the injected Broadcast function.',
  },
  {
    name: 'fastify',
    modules: ['fastify', '@fastify'],
    places: ['rest', 'app'],
    instead: 'Add a route to the table in protocol and its handler in rest.',
  },
  {
    name: 'kysely',
    modules: ['kysely'],
    places: ['storage'],
    instead: 'Give storage a function for this query, and call that.',
  },
  {
    name: 'pino',
    modules: ['pino', 'pino-pretty'],
    places: ['observability'],
    instead: 'Take the Logger type from observability/logger.ts.',
  },
  {
    name: 'prom-client',
    modules: ['prom-client'],
    places: ['observability/prometheus.ts'],
    instead: 'Raise a meter of observability/meters.ts; observability/prometheus.ts shows it.',
  },
];

const quote = (text) => text.replace(/[.@/]/g, '\\$&');
const roomIn = (house) => (name) => `${house}/${quote(name)}${/\.tsx?$/.test(name) ? '$' : '/'}`;
const room = roomIn(server);
const library = (name) => `(^|/)node_modules/${quote(name)}/`;
/** What of a package others import: its index.ts, and of protocol two more. */
const entry = '((rest/)?index|secrets)\\.ts$';
const modulePath = (name) =>
  name.startsWith('elizad-') ? `^packages/${name.slice('elizad-'.length)}/src/${entry}` : library(name);
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** A house's rules: never up, never sideways, and no file on no floor. */
const forbidStairs = (house, name, floors, top) => [
  ...floors.flatMap((rooms, floor) => rooms.flatMap((one) => forbidFrom(house, name, floors, top, floor, one))),
  forbid(
    `${name}-unknown`,
    'This file has no place. Move it into a folder that has one, or give it one in .dependency-cruiser.mjs.',
    { path: `${house}/`, pathNot: floors.flat().map(roomIn(house)) },
    {},
  ),
];

function forbidFrom(house, name, floors, top, floor, one) {
  const rooms = floors[floor];
  const higher = floors
    .slice(floor + 1)
    .flat()
    .map(roomIn(house));
  const beside = rooms.filter((other) => other !== one).map(roomIn(house));
  const up = forbid(
    `${name}-${floor}-${one}-never-up`,
    `${one} is number ${floor} from the ground, and may import only from what is below. Move what is needed down, or pass it in from ${top}.`,
    { path: roomIn(house)(one) },
    { path: higher },
  );
  const sideways = forbid(
    `${name}-${floor}-${one}-never-sideways`,
    `${rooms.join(' and ')} are both number ${floor} from the ground, and do not know each other. Put what both need one step down, or connect them in ${top}.`,
    { path: roomIn(house)(one) },
    { path: beside },
  );
  return [...(higher.length > 0 ? [up] : []), ...(beside.length > 0 ? [sideways] : [])];
}

const packageRules = Object.entries(packageImports).map(([name, allowed]) =>
  forbid(
    `package-${name}-imports`,
    `packages/${name} imports only ${allowed.join(' and ')}. Put the code into a package that may, or pass the value in.`,
    { path: `^packages/${name}/src/` },
    {
      pathNot: [`^packages/${name}/src/`, ...allowed.map(modulePath)],
      couldNotResolve: false,
      // It runs in processes of its own, and needs what Node brings.
      ...(name === 'eliza' && { dependencyTypesNot: ['core'] }),
    },
  ),
);

const libraryRules = wrappedLibraries.map(({ name, modules, places, instead }) =>
  forbid(
    `library-${name}`,
    `Only ${places.join(' and ')} may import ${modules.join(', ')}. ${instead}`,
    { path: '^packages/', pathNot: places.map(room) },
    { path: modules.map(library) },
  ),
);

export default {
  forbidden: [
    forbid(
      'no-cycles',
      'Two files that need each other are one file, or share a third below them. Type imports count.',
      {},
      { circular: true },
    ),
    ...forbidStairs(server, 'floor', floors, 'app'),
    ...Object.entries(shelves).flatMap(([floor, order]) =>
      forbidStairs(`${server}/${floor}`, `shelf-${floor}`, order, `a shelf above, or from app/`),
    ),
    ...forbidStairs(web, 'web-floor', webFloors, 'app.tsx'),
    ...packageRules,
    forbid(
      'package-server-eliza',
      'Projects of Eliza OS are reached through agents/projects alone.',
      { path: `${server}/`, pathNot: ['agents/projects', 'cli/doctor.ts', 'cli/import-memories.ts'].map(room) },
      { path: '^packages/eliza/' },
    ),
    forbid(
      'package-server-imports',
      'The server imports of our packages only elizad-protocol; elizad-client is for its cli alone.',
      { path: `${server}/`, pathNot: room('cli') },
      { path: '^packages/', pathNot: ['^packages/server/', '^packages/protocol/', '^packages/eliza/'] },
    ),
    forbid(
      'package-server-no-web',
      'The server does not import the web package; it serves its built files.',
      { path: `${server}/` },
      { path: '^packages/web/' },
    ),
    forbid(
      'package-by-name',
      "Import another package by its name ('elizad-protocol'), and export there what is missing.",
      { path: '^packages/([^/]+)/src/' },
      { path: '^packages/', pathNot: '^packages/$1/', dependencyTypes: ['local'] },
    ),
    forbid(
      'package-entry-only',
      'Another package is its index.ts (and, of protocol, rest/index.ts and secrets.ts) and nothing else. Export there what is missing.',
      { path: '^packages/([^/]+)/src/' },
      { path: '^packages/[^/]+/src/', pathNot: ['^packages/$1/', `^packages/[^/]+/src/${entry}`] },
    ),
    forbid(
      'src-never-imports-tests',
      'Code does not import tests or anything else outside src. package.json is read, not imported.',
      { path: '^packages/[^/]+/src/' },
      { path: '^(packages/[^/]+/(?!src/|node_modules/)|scripts/|tests/)' },
    ),
    forbid(
      'edges-never-storage',
      'An edge reads no store: the question about rights would not be met. Give messaging, or agents, a function that asks for a room.',
      { path: ['gateway', 'rest'].map(room) },
      { path: room('storage') },
    ),
    forbid(
      'eliza-two-processes',
      'The parent and the host of a project are two processes: what both need is in link.ts.',
      { path: '^packages/eliza/src/(parent|host)/' },
      { path: '^packages/eliza/src/(parent|host)/', pathNot: '^packages/eliza/src/$1/' },
    ),
    ...libraryRules,
    forbid(
      'library-node-sqlite',
      'Only storage may open SQLite, and the adapter of an Eliza OS project. Give storage a function for this query, and call that.',
      { path: '^packages/', pathNot: [room('storage'), '^packages/eliza/src/host/adapter/engine/'] },
      { path: '^node:sqlite$' },
    ),
    forbid('import-unresolvable', 'Nothing is there. Fix the path, or run npm install.', {}, { couldNotResolve: true }),
    forbid(
      'import-undeclared',
      'Name the library under dependencies in the package.json of this package; whoever installs it gets nothing else.',
      { path: '^packages/[^/]+/src/' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
