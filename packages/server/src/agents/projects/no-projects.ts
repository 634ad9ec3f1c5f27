/** Where a server runs no Eliza OS project, which most do not: nothing of what projects need is loaded. */
import type { Projects } from './projects.ts';

export const noProjects: Projects = {
  isAny: false,
  listCharacters: () => [],
  find: () => undefined,
  findRoutes: () => undefined,
  findPlugin: () => undefined,
  list: () => [],
  hear() {},
  async stop() {},
};
