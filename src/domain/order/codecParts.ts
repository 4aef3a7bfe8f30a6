import { string, whole } from '../decode.ts';

export const RESOLUTION = {
  reference: string,
  evidence: string,
  by: string,
  forcedBecause: string,
  at: whole,
} as const;
