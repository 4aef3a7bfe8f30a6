import { writeFileSync } from 'node:fs';
import { getCompileCacheDir, registerHooks } from 'node:module';

/*
 * Imported before a program: writes down, when it ends, which files it has loaded and where their
 * compiled code is kept.
 */

const TOP = new URL('../../', import.meta.url).href;
const loaded: string[] = [];

registerHooks({
  load: (url, context, next) => {
    const [, inPackage] = /.*\/node_modules\/(.*)/.exec(url) ?? [];
    if (inPackage !== undefined) loaded.push(`node_modules/${inPackage}`);
    else if (url.startsWith(TOP)) loaded.push(url.slice(TOP.length));
    return next(url, context);
  },
});

process.on('exit', () => {
  const cache = getCompileCacheDir();
  writeFileSync(process.env['RECORD_IMPORTS_IN'] ?? '', JSON.stringify({ loaded, cache }));
});
