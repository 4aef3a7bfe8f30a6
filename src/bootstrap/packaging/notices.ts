import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

type PackageManifest = {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
};

/** The folder of the package that a file is in. */
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

/** Every package that is in a bundle, with its version and the text of its licence. */
export const noticesOf = ({ inputs }: Metafile): string => {
  const folders = new Set(Object.keys(inputs).flatMap((path) => PACKAGE.exec(path)?.[0] ?? []));
  const packages = [...folders].map((folder) => {
    const manifest = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as PackageManifest;
    return { folder, ...manifest };
  });
  return packages
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ folder, name, version, license }) => {
      const texts = readdirSync(folder)
        .filter((file) => LICENCE_FILE.test(file))
        .map((file) => readFileSync(join(folder, file), 'utf8').trim());
      // png-js has the text and does not name it.
      const named = license ?? (texts.length > 0 ? 'as follows' : undefined);
      if (named === undefined) throw new Error(`${name} ${version} names no licence`);
      return [`## ${name} ${version} (${named})`, ...texts].join('\n\n');
    })
    .join('\n\n');
};
