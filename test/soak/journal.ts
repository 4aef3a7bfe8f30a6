import { readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { DrainReport } from '../../src/application/delivery/drain.ts';

/** What one worker process reports of itself, one JSON text in each line. */
export type Line =
  | {
      readonly kind: 'handled';
      readonly number: number;
      readonly messageId: string;
      readonly receive: number;
      readonly result: 'done' | 'again' | 'poison' | 'aborted' | 'crash';
    }
  /** Reports what a process was about when it died. */
  | { readonly kind: 'started'; readonly number: number; readonly receive: number }
  | { readonly kind: 'leaseLost'; readonly messageId: string; readonly why: string }
  | {
      readonly kind: 'memory';
      readonly handled: number;
      readonly rssBytes: number;
      /** After a garbage collection, so that it is what the process holds on to. */
      readonly heapBytes: number;
    }
  | { readonly kind: 'drained'; readonly report: DrainReport };

export type Handled = Extract<Line, { readonly kind: 'handled' }>;

/** Written in one call at once: what was written before a SIGKILL stays. */
export const appendLine = (file: number, line: Line): void => {
  writeSync(file, `${JSON.stringify(line)}\n`);
};

/** The lines of each process, by the name of its file. */
export const readJournals = (folder: string): ReadonlyMap<string, readonly Line[]> =>
  new Map(
    readdirSync(folder).map((name) => [
      name,
      readFileSync(join(folder, name), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line): Line => JSON.parse(line)),
    ]),
  );
