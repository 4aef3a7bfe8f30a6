import { join } from 'node:path';
import { bundle, TARGET, TOP } from '../src/bootstrap/packaging/bundle.ts';
import { copyDocumentFiles, findFonts } from '../src/bootstrap/packaging/documents.ts';
import type { Program } from './comparison.ts';

const FOLDER = join(TOP, '.bench/programs');

export const packedProgram = (program: Program): string => join(FOLDER, `${program}.js`);

/**
 * Packs the compared programs as the released one is packed: that is what a worker runs. From their
 * sources Node would also hold what strips the types, some 30 MB, and the sources themselves.
 */
export const packPrograms = async (programs: readonly Program[]): Promise<void> => {
  await bundle({
    entryPoints: Object.fromEntries(programs.map((name) => [name, `bench/programs/${name}.ts`])),
    outdir: FOLDER,
    folder: FOLDER,
    splitting: true,
    target: TARGET,
    plugins: [findFonts],
  });
  await copyDocumentFiles(FOLDER);
};
