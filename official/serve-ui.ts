import { join } from 'node:path';
import { serveClient } from './support/client-server.ts';
import { fetchPackage, referenceServer } from './support/fetch-package.ts';

const client = await serveClient(join(fetchPackage(referenceServer), 'dist/client'), process.argv[2] as string);
console.log(client.url);
