/** What the package of the embedded servers exports. */
export * from '../../adapters/embedded/index.ts';
export { VERSION } from '../version.ts';
