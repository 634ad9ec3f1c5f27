/**
 * The house as rules: folders of packages/server/src are floors, packages import only what they may, libraries stay in
 * the folder that wraps them. Type imports count. Every rule is an error, and its comment says what to do instead.
 */

const server = '^packages/server/src';

/** From the ground up. A folder or file imports from itself and from lower floors; two on one floor do not know each other. */
const floors = [
  ['settings'],
  ['config.ts', 'observability'],
  ['storage'],
  ['auth', 'cluster'],
  ['messaging'],
  ['agents'],
  ['gateway', 'rest'],
  ['app.ts'],
  ['cli', 'index.ts'],
];

/** What each package may import; the server has declared dependencies instead, and only its cli has the client. */
const packageImports = {
  protocol: ['zod'],
  client: ['elizad-protocol', 'socket.io-client'],
  web: [
    'elizad-client',
    'elizad-protocol',
    'zod',
    '@base-ui/react',
    '@tanstack/react-virtual',
    'hast-util-to-jsx-runtime',
    'lowlight',
    'lucide-react',
    'react',
    'react-dom',
    'react-markdown',
    'remark-gfm',
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
    places: ['rest', 'app.ts'],
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
const room = (name) => `${server}/${quote(name)}${name.endsWith('.ts') ? '$' : '/'}`;
const library = (name) => `(^|/)node_modules/${quote(name)}/`;
const modulePath = (name) =>
  name.startsWith('elizad-') ? `^packages/${name.slice('elizad-'.length)}/src/(rest/)?index\\.ts$` : library(name);
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const floorRules = floors.flatMap((rooms, floor) =>
  rooms.flatMap((name) => {
    const higher = floors
      .slice(floor + 1)
      .flat()
      .map(room);
    const beside = rooms.filter((other) => other !== name).map(room);
    const up = forbid(
      `floor-${floor}-${name}-never-up`,
      `${name} is on floor ${floor} and may import only from lower floors. Move what is needed down, or pass it in as a function from app.ts.`,
      { path: room(name) },
      { path: higher },
    );
    const sideways = forbid(
      `floor-${floor}-${name}-never-sideways`,
      `${rooms.join(' and ')} share floor ${floor} and do not know each other. Put what both need one floor down, or connect them in app.ts.`,
      { path: room(name) },
      { path: beside },
    );
    return [...(higher.length > 0 ? [up] : []), ...(beside.length > 0 ? [sideways] : [])];
  }),
);

const packageRules = Object.entries(packageImports).map(([name, allowed]) =>
  forbid(
    `package-${name}-imports`,
    `packages/${name} imports only ${allowed.join(' and ')}. Put the code into a package that may, or pass the value in.`,
    { path: `^packages/${name}/src/` },
    { pathNot: [`^packages/${name}/src/`, ...allowed.map(modulePath)], couldNotResolve: false },
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
    ...floorRules,
    forbid(
      'floor-unknown',
      'This file is on no floor. Move it into a folder of the house, or give its folder a floor in .dependency-cruiser.mjs.',
      { path: `${server}/`, pathNot: floors.flat().map(room) },
      {},
    ),
    ...packageRules,
    forbid(
      'package-server-imports',
      'The server imports of our packages only elizad-protocol; elizad-client is for its cli alone.',
      { path: `${server}/`, pathNot: room('cli') },
      { path: '^packages/', pathNot: ['^packages/server/', '^packages/protocol/'] },
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
      'Another package is its index.ts (and, of protocol, rest/index.ts) and nothing else. Export there what is missing.',
      { path: '^packages/([^/]+)/src/' },
      { path: '^packages/[^/]+/src/', pathNot: ['^packages/$1/', '^packages/[^/]+/src/(rest/)?index\\.ts$'] },
    ),
    forbid(
      'src-never-imports-tests',
      'Code does not import tests or anything else outside src. package.json is read, not imported.',
      { path: '^packages/[^/]+/src/' },
      { path: '^(packages/[^/]+/(?!src/|node_modules/)|scripts/|tests/)' },
    ),
    ...libraryRules,
    forbid(
      'library-node-sqlite',
      'Only storage may open SQLite. Give storage a function for this query, and call that.',
      { path: '^packages/', pathNot: room('storage') },
      { path: '^node:sqlite$' },
    ),
    forbid(
      'import-unresolvable',
      'Nothing is there. Mend the path, or run npm install.',
      {},
      { couldNotResolve: true },
    ),
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
