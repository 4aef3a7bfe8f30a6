import type { ErasureError } from '../../../application/erasure/erasePerson.ts';
import { failureOf, failed, type CliFailure } from '../common/failure.ts';

export const eraseFailure = (error: ErasureError): CliFailure =>
  error.type === 'ConflictsExhausted'
    ? failed(error.type, 'others erase the same person; try again')
    : failureOf(error);
