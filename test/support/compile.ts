import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTemporaryFolder } from './temporaryFolder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * What the compiler says of each program, with the project's own options; nothing for one that
 * compiles. `imports` stands before each of them; `ROOT/` in it is the project's folder.
 */
export const compile = async <Name extends string>(
  imports: string,
  programs: Readonly<Record<Name, string>>,
): Promise<Readonly<Record<Name, readonly string[]>>> => {
  const { path: folder, remove } = await makeTemporaryFolder();
  const names = Object.keys(programs) as Name[];
  try {
    const head = imports.replaceAll('ROOT/', ROOT);
    for (const name of names) {
      await writeFile(join(folder, `${name}.ts`), `${head}\n${programs[name]}\nexport {};\n`);
    }
    const config = {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { typeRoots: [join(ROOT, 'node_modules/@types')] },
      include: ['*.ts'],
    };
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const output = await runCompiler(folder);
    return Object.fromEntries(names.map((name) => [name, errorsIn(name, output)])) as Readonly<
      Record<Name, readonly string[]>
    >;
  } finally {
    await remove();
  }
};

const runCompiler = (folder: string): Promise<string> =>
  new Promise((resolve) => {
    // Several threads check the same declarations: twice the work for as many cores.
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    execFile(tsc, ['-p', folder, '--pretty', 'false', '--singleThreaded'], (_error, stdout) =>
      resolve(stdout),
    );
  });

/** Each error with the lines that explain it. */
const errorsIn = (name: string, output: string): readonly string[] =>
  output.split(/^(?=\S)/m).filter((error) => new RegExp(`(^|/)${name}\\.ts\\(`).test(error));
