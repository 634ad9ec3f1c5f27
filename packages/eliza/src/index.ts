/** Runs an Eliza OS project in a process of its own. elizad loads this package only where a project is given. */

export { CannotImport, importMemories } from './import/import-memories.ts';
export type { ImportedAgent, ImportedTable, ImportProgress, ImportReport } from './import/messages.ts';
export type * from './link.ts';
export { routesTokenHeader } from './link.ts';
export type { ProjectLimits } from './parent/limits.ts';
export { openProject, type Project, type ProjectOptions } from './parent/project.ts';
export type { ProjectState } from './parent/project-state.ts';
