/** The exports of the package of the embedded servers. */
export * from '../../adapters/embedded/index.ts';
export { VERSION } from '../version.ts';
