import type { ErasureError } from '../../../application/erasure/erasePerson.ts';
import { allocationFailure, failed, type CliFailure } from '../common/failure.ts';

export const eraseFailure = (error: ErasureError): CliFailure =>
  error.type === 'ConflictsExhausted'
    ? failed(error.type, 'others erase the same person; try again')
    : allocationFailure(error);
