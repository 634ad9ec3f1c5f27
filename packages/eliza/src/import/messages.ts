/** What goes over the line between an import and its parent. */

export type ImportProgress = {
  readonly agent: string;
  readonly table: string;
  /** Rows of the table that were dealt with, of all that there are. */
  readonly done: number;
  readonly total: number;
};

export type ImportedTable = {
  readonly name: string;
  /** Rows of the agent in the source. */
  readonly total: number;
  /** Those of them that are in the file of the agent now. */
  readonly found: number;
  /** Those that were not there before. */
  readonly added: number;
  /** Why rows are missing, where that is known. */
  readonly problem: string | undefined;
};

export type ImportedAgent = {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  /** Set where an earlier import has finished: nothing was done. */
  readonly finishedAt: number | undefined;
  readonly tables: readonly ImportedTable[];
};

export type ImportReport = { readonly source: string; readonly agents: readonly ImportedAgent[] };

export type ToImport = { readonly from: string | undefined };
export type FromImport =
  | { readonly type: 'progress'; readonly progress: ImportProgress }
  | { readonly type: 'done'; readonly report: ImportReport }
  | { readonly type: 'failed'; readonly reason: string };
