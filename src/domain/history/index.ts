export { firstIllegal } from './legality.ts';
