/** Runs an Eliza OS project in a process of its own. elizad loads this package only where a project is given. */
export type * from './link.ts';
