export { firstIllegal, type Illegal } from './legality.ts';
