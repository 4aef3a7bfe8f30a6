import { createRequire } from 'node:module';

/**
 * The Node that is installed with the embedded servers, for a host whose own is too old for them.
 * Undefined where there is none for this machine.
 */
export const newerNode = (): string | undefined => {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  try {
    return createRequire(import.meta.url).resolve(`node-${system}-${process.arch}/bin/${file}`);
  } catch {
    return undefined;
  }
};
