import { join } from 'node:path';
import { bundle, TARGET, TOP } from '../src/bootstrap/packaging/bundle.ts';
import { copyDocumentFiles, findFonts } from '../src/bootstrap/packaging/documents.ts';

/** Those that are compared with each other. */
export const PROGRAMS = ['floor', 'ours', 'usual'] as const;
export type Program = (typeof PROGRAMS)[number];
const PACKED = [...PROGRAMS, 'noticeFloor'] as const;
export type PackedProgram = (typeof PACKED)[number];

const FOLDER = join(TOP, '.bench/programs');

/** The file of a program. The first call packs all of them. */
export const packedProgram = async (program: PackedProgram): Promise<string> => {
  await (packing ??= packPrograms());
  return join(FOLDER, `${program}.js`);
};

let packing: Promise<void> | undefined;

/**
 * Packs the compared programs as the released one is packed: that is what a worker runs. From their
 * sources Node would also hold what strips the types, some 30 MB, and the sources themselves.
 */
const packPrograms = async (): Promise<void> => {
  await bundle({
    entryPoints: Object.fromEntries(PACKED.map((name) => [name, `bench/programs/${name}.ts`])),
    outdir: FOLDER,
    folder: FOLDER,
    splitting: true,
    target: TARGET,
    plugins: [findFonts],
  });
  await copyDocumentFiles(FOLDER);
};
